"""The tables are what their generators write."""

import subprocess
import sys

from proof import SOURCE, proof, require

SCRIPTS = SOURCE.parent / "tables"


def written_by(script, *table):
    written = subprocess.run([sys.executable, SCRIPTS / script], capture_output=True, check=True).stdout
    require(written == SOURCE.joinpath(*table).read_bytes(), "the table differs from what its generator writes")


@proof("tables", "`tables/generate.py` writes `tables.rs` byte for byte", "special/tables.rs: all", "run of the generator")
def tables():
    written_by("generate.py", "special", "tables.rs")


@proof("tables-mills", "`tables/mills.py` writes `mills_table.rs` byte for byte", "pricing/mills_table.rs: all",
       "run of the generator")
def mills():
    written_by("mills.py", "pricing", "mills_table.rs")
