"""Runs every proof: `python3 run.py [word in an id ...]`. Exits with 1 unless all are proved.

`--table` prints the proofs as a Markdown table and runs nothing.
"""

import importlib
import multiprocessing
import pathlib
import sys
import time

import proof

PROOF_SECONDS = 300
NOT_TOPICS = {"proof", "run", "kernel", "tables"}


def load() -> list[proof.Proof]:
    folder = pathlib.Path(__file__).resolve().parent
    for name in sorted(path.stem for path in folder.glob("*.py")):
        if name not in NOT_TOPICS:
            importlib.import_module(name)
    ids = [entry.id for entry in proof.REGISTRY]
    assert len(ids) == len(set(ids)), "two proofs have one id"
    return proof.REGISTRY


def attempt(index: int, results) -> None:
    """Runs in a process of its own, so that a solver that never ends can be ended."""
    try:
        results.put((index, True, proof.REGISTRY[index].check() or ""))
    except proof.NotProved as reason:
        results.put((index, False, str(reason)))
    except Exception as error:
        results.put((index, False, f"{type(error).__name__}: {error}"))


def run(chosen: list[int]) -> int:
    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()
    waiting, running, proved = list(chosen), {}, 0
    while waiting or running:
        while waiting and len(running) < 2:
            index = waiting.pop(0)
            child = context.Process(target=attempt, args=(index, results))
            child.start()
            running[index] = (child, time.monotonic())
        finished = []
        while not results.empty():
            finished.append(results.get())
        for index, (child, start) in running.items():
            if index in (entry[0] for entry in finished):
                continue
            if time.monotonic() - start > PROOF_SECONDS:
                child.kill()
                finished.append((index, False, f"no answer within {PROOF_SECONDS} s"))
            elif not child.is_alive() and results.empty():
                finished.append((index, False, "the process ended without an answer"))
        for index, holds, note in finished:
            child, start = running.pop(index)
            child.join()
            proved += holds
            verdict = "proved" if holds else "NOT PROVED"
            entry = proof.REGISTRY[index]
            print(f"{verdict:<10} {time.monotonic() - start:6.1f} s  {entry.id}: {entry.statement}", flush=True)
            if note:
                print(f"{'':21}{note}", flush=True)
        time.sleep(0.02)
    return proved


def table(proofs: list[proof.Proof]) -> None:
    print("| id | statement | code | method |\n|---|---|---|---|")
    for entry in proofs:
        cells = (f"`{entry.id}`", entry.statement, f"`{entry.subject}`", entry.method)
        print("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")


def main() -> int:
    proofs = load()
    words = sys.argv[1:]
    if words == ["--table"]:
        table(proofs)
        return 0
    chosen = [i for i, entry in enumerate(proofs) if not words or any(word in entry.id for word in words)]
    proved = run(chosen)
    print(f"\n{proved} of {len(chosen)} proved")
    return 0 if chosen and proved == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
