"""The faults are planted where they are said to be, found or not as they should be, and leave nothing behind."""

import os
from decimal import Decimal
from pathlib import Path

import pytest

from billing.engine import proration
from tests.mutation.operators import code_with, mutants_of
from tests.mutation.planting import lines_carried_out, live_functions, plant
from tests.mutation.runner import Kept, in_a_fork

SOURCE = '''
def each(days, table, *, last=None):
    """Words."""
    if days < 3 and not table:
        raise ValueError("no day " + str(days))
    table["sum"] = max(days, key=len) if last else "none"
    return [day + 1 for day in days if day is not last]
'''
FAULTS = {
    "if days <= 3 and (not table):", "if days < 4 and (not table):", "if days < 3 and table:", "if not table:",
    "if days < 3:", "if days < 3 or not table:", "if not (days < 3 and (not table)):", "pass",
    "table['sum'] = max(days) if last else 'none'", "table['sum'] = min(days, key=len) if last else 'none'",
    "table['sum'] = max(days, key=len)", "table['sum'] = 'none'",
    "table['XXsumXX'] = max(days, key=len) if last else 'none'",
    "table['sum'] = max(days, key=len) if last else 'XXnoneXX'",
    "return [day - 1 for day in days if day is not last]", "return [day + 2 for day in days if day is not last]",
    "return [day + 1 for day in days]", "return [day + 1 for day in days if day is last]",
}  # fmt: skip
RATE = Path(proration.__file__)


def test_every_kind_of_fault_is_made() -> None:
    mutants = list(mutants_of("each.py", SOURCE))
    assert {line[1:].strip() for one in mutants for line in one.diff if line.startswith("+")} == FAULTS
    assert {one.lines.start for one in mutants} == {4, 5, 6, 7}
    assert len({one.key for one in mutants}) == len(mutants) == len(FAULTS) + 1  # both statements are left out
    other_words = SOURCE.replace("Words", "Other words")
    assert {one.key for one in mutants_of("each.py", other_words)} == {one.key for one in mutants}


def share() -> object:
    return proration.share(3, Decimal("10.00"), 10, 30, "USD", Decimal("0.25"))


def test_a_planted_fault_works_in_its_fork_alone() -> None:
    functions, right = live_functions(), share()
    mutants = [one for one in mutants_of(str(RATE), RATE.read_text()) if one.function == "share"]
    assert mutants

    def faulty(one) -> object:
        assert plant(code_with(one, RATE.read_text()), functions[one.module, one.function])
        return share()

    given = [in_a_fork(lambda one=one: faulty(one)) for one in mutants]
    assert any(value != right for value, ended in given if ended)
    assert share() == right


def test_the_lines_that_are_carried_out_are_known() -> None:
    lines = lines_carried_out(share)[str(RATE)]
    wanted = next(one for one in mutants_of(str(RATE), RATE.read_text()) if one.function == "share").lines
    assert lines & set(wanted)
    assert lines_carried_out(lambda: None) == {}


@pytest.mark.parametrize("ends", [lambda: os._exit(3), lambda: os.kill(os.getpid(), 9), lambda: 1 // 0])
def test_what_a_fault_ends_is_seen(ends) -> None:
    assert in_a_fork(ends) == (None, False)
    assert in_a_fork(lambda: 5) == (5, True)


def test_results_are_kept_for_the_engine_and_tests_they_are_of(tmp_path: Path) -> None:
    first, second, third = list(mutants_of("each.py", SOURCE))[:3]
    all_tests = {"": "all", "a test": "one", "another": "other"}
    kept = Kept(tmp_path / "kept", all_tests.get)
    kept.add(first, "found", "a test", 0.1)
    kept.add(second, "lives", "", 0.1)
    for changed, states in (
        ({}, ("found", "lives", "untried")),
        ({"": "more", "another": "more"}, ("found", "untried", "untried")),
        ({"": "more", "a test": "more"}, ("untried", "untried", "untried")),
    ):
        again = Kept(kept.path, (all_tests | changed).get)
        assert tuple(again.state(mutant) for mutant in (first, second, third)) == states
        assert again.told[first.key]["by"] == "a test"
