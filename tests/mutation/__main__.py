"""`python -m tests.mutation [module …]`: plant every fault, or go on where a run was stopped; print what lives."""

from __future__ import annotations

import argparse
import ast
import functools
import hashlib
import random
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.mutation.operators import Mutant, mutants_of, without_words
from tests.mutation.planting import ENGINE
from tests.mutation.runner import Kept, Mutation

ROOT = Path(__file__).parents[2]
TESTS = [
    "tests/billing/engine",
    "--deselect=tests/billing/engine/test_histories.py",  # a thousand histories in one test
    "tests/billing/test_every_type.py::test_a_row_through_the_engine",
    "tests/billing/test_against_oracle.py::test_engine_gives_the_published_amounts",
    "tests/mutation/histories.py",
]
FEWEST_FOUND = 85  # per cent


def all_mutants(names: list[str]) -> list[Mutant]:
    """Return the faults of the engine, or of the modules named."""
    paths = [path for path in sorted(ENGINE.rglob("*.py")) if not names or path.stem in names]
    return [mutant for path in paths for mutant in mutants_of(str(path), path.read_text())]


def told(mutants: list[Mutant], kept: Kept, tell) -> int:
    """Print what lives and the share found by module; return the share in per cent of all."""
    states = {mutant: kept.state(mutant) for mutant in mutants}
    for mutant, state in states.items():
        if state not in ("found", "hangs", "untried"):
            tell(f"\n{place_of(mutant)} {mutant.key} {state}")
            for line in mutant.diff:
                tell(f"    {line}")
    every, found = Counter(), Counter()
    for mutant, state in states.items():
        if state != "untried":
            name = str(Path(mutant.module).relative_to(ENGINE))
            every[name] += 1
            found[name] += state in ("found", "hangs")
    tell("")
    for name, count in every.items():
        tell(f"{name:34} {found[name]:5} of {count:5} {100 * found[name] / count:6.1f} %")
    share = 100 * found.total() / max(every.total(), 1)
    tell(f"{'billing/engine':34} {found.total():5} of {every.total():5} {share:6.1f} %")
    return int(share)


@functools.cache
def said(file: Path) -> str:
    """Return what a file says: a module without its words for people, in whatever lines."""
    text = file.read_text()
    return ast.unparse(without_words(ast.parse(text))) if file.suffix == ".py" else text


@functools.cache
def fingerprint_of(mine: Path) -> str:
    """Return what the engine, a file of tests and all that tests share say; of a folder all its tests."""
    asked = ("test_every_type.py", "test_against_oracle.py")
    files = [*(ROOT / "tests/billing" / name for name in asked), Path(__file__).with_name("histories.py")]
    for folder in (ENGINE, ROOT / "tests/billing/engine", ROOT / "tests/oracle"):
        files += sorted(file for file in folder.rglob("*") if file.suffix in (".py", ".txt"))
    told = hashlib.sha256()
    for file in files:
        if mine in (ROOT, file) or not file.name.startswith("test_"):
            told.update(said(file).encode())
    return told.hexdigest()[:12]


def fingerprint(test: str = "") -> str:
    """Return what a result holds for: what was found, as long as that test is the same; what lives, as all are."""
    return fingerprint_of(ROOT / test.partition("::")[0])


def place_of(mutant: Mutant) -> str:
    """Return where a fault is, for people."""
    return f"{Path(mutant.module).relative_to(ROOT)}:{mutant.lines.start} {mutant.function}"


def main() -> int:
    """Try the faults; return 1 where fewer than 85 per cent are found."""
    asked = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    asked.add_argument("modules", nargs="*", help="stems of files in billing/engine; all where none is named")
    asked.add_argument("--sample", type=int, help="so many faults, always the same ones")
    asked.add_argument("--kept", type=Path, default=ROOT / "var" / "mutation.jsonl", help="where results are kept")
    asked.add_argument("--anew", action="store_true", help="forget the results that are kept")
    asked.add_argument("--show", action="store_true", help="only print what is kept")
    asked = asked.parse_args()
    if asked.anew:
        asked.kept.unlink(missing_ok=True)
    mutants = all_mutants(asked.modules)
    random.Random(1).shuffle(mutants)  # a run that is stopped has tried a sample of all
    mutants = mutants[: asked.sample]
    kept = Kept(asked.kept, fingerprint)

    def tell(line: str) -> None:
        print(line, file=sys.__stdout__, flush=True)

    if not asked.show:
        code = pytest.main(
            ["-q", "--no-header", "--tb=native", "--assert=plain", "-p", "no:cacheprovider", "-s", *TESTS],
            plugins=[Mutation(mutants, kept, tell)],
        )
        if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            return int(code)
    return 0 if told(mutants, kept, tell) >= FEWEST_FOUND else 1


if __name__ == "__main__":
    sys.exit(main())
