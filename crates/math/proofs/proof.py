"""What a proof is: a statement about named code, and a check that either shows it or raises.

A check that cannot decide (a solver's "unknown", a timeout) has not proved anything and counts as a failure.
"""

import dataclasses
import pathlib
import re
from typing import Callable

import z3

SOURCE = pathlib.Path(__file__).resolve().parent.parent / "src"
REGISTRY: list["Proof"] = []
SOLVER_SECONDS = 100


class NotProved(Exception):
    """The statement is refuted, or nothing is known about it."""


@dataclasses.dataclass(frozen=True)
class Proof:
    id: str
    statement: str
    subject: str
    method: str
    check: Callable[[], str | None]


def proof(id: str, statement: str, subject: str, method: str, code: tuple[str, ...] = ()):
    """Registers a check. `subject` is `file: function`, the file below `src/`. Each fragment of `code` must stand in that
    file, whatever its line breaks: a model of code that has changed since proves nothing."""

    def register(check):
        def checked():
            require_code(subject.split(":")[0], code)
            return check()

        REGISTRY.append(Proof(id, statement, subject, method, checked))
        return check

    return register


def text(file: str) -> str:
    return (SOURCE / file).read_text()


def require_code(file: str, fragments: tuple[str, ...]) -> None:
    squeezed = re.sub(r"\s+", "", text(file))
    for fragment in fragments:
        if re.sub(r"\s+", "", fragment) not in squeezed:
            raise NotProved(f"{file} no longer holds the code that this models: {fragment}")


def constant(file: str, name: str) -> int:
    """An integer constant of the source; `a << b` and digits with underscores."""
    found = re.search(rf"const {name}: \w+ = ([^;]+);", text(file))
    if not found:
        raise NotProved(f"{file} has no constant {name}")
    value = found[1].replace("_", "")
    if not re.fullmatch(r"[\d<* ]+", value):
        raise NotProved(f"{name} is no plain number: {value}")
    return int(eval(value, {"__builtins__": {}}))


def require(condition: bool, complaint: str) -> None:
    if not condition:
        raise NotProved(complaint)


def prove(claim, *given, seconds: int = SOLVER_SECONDS, tactic: str | None = None) -> None:
    """Shows with Z3 that `claim` follows from `given`, and that `given` can hold at all."""
    solver = z3.Tactic(tactic).solver() if tactic else z3.Solver()
    solver.set("timeout", seconds * 1000)
    solver.add(*given)
    if solver.check() != z3.sat:
        raise NotProved("the premises are not known to be satisfiable")
    solver.add(z3.Not(claim))
    answer = solver.check()
    if answer == z3.sat:
        raise NotProved(f"refuted by {solver.model()}")
    if answer != z3.unsat:
        raise NotProved(f"undecided: {solver.reason_unknown()}")


def floor_of(quotient, numerator, divisor):
    """`quotient = floor(numerator / divisor)` for a positive divisor, by its defining inequalities."""
    return z3.And(quotient * divisor <= numerator, numerator < (quotient + 1) * divisor)


def ceil_of(quotient, numerator, divisor):
    """`quotient = ceil(numerator / divisor)` for a positive divisor."""
    return z3.And((quotient - 1) * divisor < numerator, numerator <= quotient * divisor)


def absolute(x):
    return z3.If(x < 0, -x, x)


def at_least(x, y):
    return z3.If(x > y, x, y)
