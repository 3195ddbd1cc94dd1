"""The verdict on the night beside that of an older commit."""

from datetime import date

import pytest

from bench import comparing


def _night(ours: float, postgres: float, subscriptions: float = 10) -> comparing.Night:
    return {"subscriptions": subscriptions, "ours": ours, "postgres": postgres}


def test_verdict_is_the_median_of_pairs_so_that_a_night_of_other_work_decides_nothing() -> None:
    quiet, disturbed = (_night(1, 1), _night(1.5, 0.5)), (_night(1, 1), _night(9, 9))
    assert comparing.ratio([quiet, disturbed, quiet]) == 1
    assert comparing.ratio([quiet, disturbed, quiet], "ours") == 1.5
    assert comparing.ratio([quiet, disturbed, quiet], "postgres") == 0.5
    assert comparing.ratio([disturbed]) == 9


def test_sides_begin_in_turn_with_the_nights_of_the_same_days() -> None:
    asked: list[tuple[str, date]] = []

    def night_of(side: str, day: date) -> comparing.Night:
        asked.append((side, day))
        return _night(1, 1) if side == "before" else _night(2, 2)

    done = comparing.pairs(night_of)
    assert len(done) == comparing.NIGHTS
    assert comparing.ratio(done) == 2
    assert [side for side, _day in asked[:6]] == ["before", "now", "now", "before", "before", "now"]
    assert [day for _side, day in asked[::2]] == [day for _side, day in asked[1::2]]


def test_nights_that_do_not_renew_the_same_are_no_comparison() -> None:
    with pytest.raises(RuntimeError, match="of 2018-09-01 renews 10, now 9"):
        comparing.pairs(lambda side, _day: _night(1, 1, 10 if side == "before" else 9))


def test_a_commit_that_is_not_there_is_said() -> None:
    with pytest.raises(Exception, match="rev-parse"):
        comparing.checkout_of("no-such-commit")
