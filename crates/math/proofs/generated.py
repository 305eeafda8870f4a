"""The tables are what their generator writes."""

import subprocess
import sys

from proof import SOURCE, proof, require

GENERATOR = SOURCE.parent / "tables" / "generate.py"


@proof("tables", "`tables/generate.py` writes `tables.rs` byte for byte", "special/tables.rs: all", "run of the generator")
def tables():
    written = subprocess.run([sys.executable, GENERATOR], capture_output=True, check=True).stdout
    require(written == (SOURCE / "special" / "tables.rs").read_bytes(), "the tables differ from what the generator writes")
