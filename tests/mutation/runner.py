"""Each fault in a fork of a process that has collected the tests: it is planted, and the tests that carry it out run.

A fork starts in milliseconds and takes its fault with it. The quick tests come first, and before all what has found
other faults of the same function; the first that fails ends the fork.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import signal
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests.mutation.operators import Mutant, code_with
from tests.mutation.planting import Functions, Lines, lines_carried_out, live_functions, plant

SLOWEST = 0.5  # seconds, watched: what takes longer finds what others find
HISTORIES = 60  # random ones that are tried on a fault
MEMORY = 1 << 30  # bytes a fault may take beside what is there
PAGE = resource.getpagesize()


@dataclass
class Seen:
    """What a test does without a fault."""

    seconds: float
    lines: Lines


@dataclass
class Tests:
    """The collected tests, and those that have found something, by function."""

    items: list[pytest.Item]
    seen: list[Seen]
    found: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def for_mutant(self, mutant: Mutant, found_by: str = "") -> list[int]:
        """Return the places of the tests that carry a fault out, first what has found it, or others beside it."""
        wanted = set(mutant.lines)
        places = [at for at, seen in enumerate(self.seen) if seen.lines.get(mutant.module, set()) & wanted]
        histories = [at for at in places if "histories.py" in self.items[at].nodeid]
        left = set(histories[HISTORIES:])
        finders = self.found[mutant.module + mutant.function]
        return sorted(
            (at for at in places if at not in left or finders[at]),
            key=lambda at: (self.items[at].nodeid != found_by, -finders[at], self.seen[at].seconds),
        )


def run_one(item: pytest.Item, then: pytest.Item | None) -> bool:
    """Run a test; return whether it passed."""
    return all(report.passed or report.skipped for report in runtestprotocol(item, log=False, nextitem=then))


def in_a_fork(deed: Callable[[], Any]) -> tuple[Any, bool]:
    """Return what a deed gives in a process of its own, and whether it came to its end."""
    with tempfile.TemporaryFile() as given:
        pid = os.fork()
        if not pid:
            try:
                pickle.dump(deed(), given)
                given.flush()
                os._exit(0)
            finally:
                os._exit(2)
        _pid, status = os.waitpid(pid, 0)
        given.seek(0)
        return (pickle.load(given), True) if status == 0 else (None, False)  # noqa: S301 - our own fork's


def look(items: list[pytest.Item]) -> list[Seen | None]:
    """Run every test without a fault; return what each did, nothing where it failed."""
    seen: list[Seen | None] = []
    for item, then in zip(items, [*items[1:], None], strict=True):
        began, passed = time.process_time(), []
        lines = lines_carried_out(lambda item=item, then=then, passed=passed: passed.append(run_one(item, then)))
        took = time.process_time() - began
        seen.append(Seen(took, lines) if passed[0] else None)
    return seen


def try_mutant(tests: Tests, mutant: Mutant, places: list[int], functions: Functions) -> str | int | None:
    """Plant a fault and run the tests that carry it out; return the place of the one that found it. Inside a fork."""
    if not places:
        return "unseen"
    code = code_with(mutant, Path(mutant.module).read_text())
    if not plant(code, functions.get((mutant.module, mutant.function), ())):
        return "never"
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * PAGE
    resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY, taken + MEMORY))
    for at, then in zip(places, [*places[1:], None], strict=True):
        signal.setitimer(signal.ITIMER_PROF, 2 + 10 * tests.seen[at].seconds)  # of the processor: others work, too
        if not run_one(tests.items[at], None if then is None else tests.items[then]):
            return at
    return None


@dataclass
class Kept:
    """The results so far, in a file: a run that was stopped goes on.

    What was found by a test that has changed, or in an engine that was another elsewhere, is tried again, on its finder
    first; so is what lived, as soon as any test is another.
    """

    path: Path
    of: Callable[[str], str]  # what the engine and a test are now, or all tests
    told: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path.exists():
            for line in self.path.read_text().splitlines():
                one = json.loads(line)
                self.told[one["key"]] = one

    def add(self, mutant: Mutant, state: str, by: str, seconds: float) -> None:
        """Write down what came of a fault."""
        one = {"key": mutant.key, "of": self.of(by), "state": state, "by": by, "seconds": round(seconds, 3)}
        self.told[mutant.key] = one
        with self.path.open("a") as file:
            file.write(json.dumps(one) + "\n")

    def seen(self, items: list[pytest.Item]) -> list[Seen | None] | None:
        """Return what every test does without a fault; it is looked at once."""
        path = self.path.with_suffix(".seen")
        names = (self.of(""), [item.nodeid for item in items])
        if path.exists():
            kept_names, seen = pickle.loads(path.read_bytes())  # noqa: S301 - our own
            if kept_names == names:
                return seen
        seen, _ended = in_a_fork(lambda: look(items))
        path.write_bytes(pickle.dumps((names, seen)))
        return seen

    def state(self, mutant: Mutant) -> str:
        """Return what came of a fault in this engine with these tests, `untried` where nothing is known yet."""
        one = self.told.get(mutant.key)
        return one["state"] if one is not None and one["of"] == self.of(one["by"]) else "untried"


class Mutation:
    """pytest's plugin: in the place of running the tests, every fault is tried on them."""

    def __init__(self, mutants: list[Mutant], kept: Kept, tell: Callable[[str], None]) -> None:
        self.mutants, self.kept, self.tell = mutants, kept, tell

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try what has no result yet; last what was found before, for it will be found again."""
        waiting = [mutant for mutant in self.mutants if self.kept.state(mutant) == "untried"]
        waiting.sort(key=lambda mutant: self.kept.told.get(mutant.key, {}).get("state") == "found")
        if not waiting:
            return True
        pristine = self.kept.seen(session.items)
        if pristine is None or None in pristine:
            red = [item.nodeid for item, seen in zip(session.items, pristine or (), strict=False) if seen is None]
            raise pytest.UsageError(f"red without any fault: {red[:5]}")
        quick = [at for at, seen in enumerate(pristine) if seen.seconds < SLOWEST and seen.lines]
        tests = Tests([session.items[at] for at in quick], [pristine[at] for at in quick])
        self.tell(f"{len(quick)} of {len(session.items)} tests are quick and of the engine; {len(waiting)} faults")
        functions, began = live_functions(), time.monotonic()
        for number, mutant in enumerate(waiting, 1):
            self.try_one(tests, mutant, functions)
            if number % 100 == 0:
                self.tell(f"{number} faults tried, {time.monotonic() - began:.0f} s")
        return True

    def try_one(self, tests: Tests, mutant: Mutant, functions: Functions) -> None:
        """Try one fault, and write down what came of it."""
        began = time.monotonic()
        places = tests.for_mutant(mutant, self.kept.told.get(mutant.key, {}).get("by", ""))
        found, ended = in_a_fork(lambda: try_mutant(tests, mutant, places, functions))
        state, by = "hangs", ""  # it took too long, or too much memory, and was ended
        if ended and isinstance(found, int):
            tests.found[mutant.module + mutant.function][found] += 1
            state, by = "found", tests.items[found].nodeid
        elif ended:
            state = found or "lives"
        self.kept.add(mutant, state, by, time.monotonic() - began)
