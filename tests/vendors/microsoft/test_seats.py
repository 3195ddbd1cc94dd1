"""Seats of the new commerce: at once while they can be given back, else with the day on which they can."""

from datetime import UTC, datetime, time, timedelta

import pytest

from tests.vendors.contract import work
from tests.vendors.memory import MemoryBook
from tests.vendors.microsoft.commerce import A_DAY, arranged, bought, changing, held, later, row, tried
from tests.vendors.office365.bench import Office365Bench
from vendors.base import Service
from vendors.commitments import lowers_on
from vendors.errors import NotYet, Rejected


@pytest.mark.parametrize("window_ends", ["hours", "midnight"])
@pytest.mark.parametrize("lowered_batch", ["newest", "oldest"])
def test_batches_are_given_back_as_microsoft_tells_and_beyond_them_nothing(
    bench: Office365Bench, window_ends: str, lowered_batch: str
) -> None:
    bench.microsoft.behave(window_ends=window_ends, lowered_batch=lowered_batch)
    service = bought(bench)
    bench.advance(5 * A_DAY)
    work(bench, changing(service, 8, "order:2:change"))
    bench.advance(3.5 * A_DAY)
    (found,) = bench.plugin.commitments(bench.connection(), service)
    assert found.units_returnable(bench.now) == 3
    assert lowers_on([found], {"seats": 5}, bench.now) is None
    assert lowers_on([found], {"seats": 4}, bench.now) == found.ends_on
    with pytest.raises(Rejected) as refusal:
        tried(bench, changing(service, 4, "order:3:change"))
    assert str(found.ends_on) in str(refusal.value)
    work(bench, changing(service, 6, "order:4:change"))
    assert row(bench)["quantity"] == 6


@pytest.mark.parametrize("code", [900257, 900214, 800090])
def test_each_code_of_a_closed_window_is_told_with_the_day(bench: Office365Bench, code: int) -> None:
    bench.microsoft.behave(lowering_refusal=code)
    service = bought(bench)
    bench.advance(8 * A_DAY)
    with pytest.raises(Rejected) as refusal:
        tried(bench, changing(service, 4))
    assert (refusal.value.code, refusal.value.field) == (str(code), "seats")
    assert f"they are paid until {held(bench, service).ends_on}" in str(refusal.value)


def test_while_microsoft_renews_a_raise_waits_and_is_done_afterwards(bench: Office365Bench) -> None:
    bench.microsoft.behave(term_end_queue_seconds=A_DAY)
    service, book = bought(bench), MemoryBook()
    later(bench, (_end(bench, service) - bench.now) / timedelta(days=1) + 0.5)
    with pytest.raises(NotYet) as wait:
        tried(bench, changing(service, 9), book)
    assert (wait.value.code, wait.value.waits) == ("900277", 48)
    bench.advance(A_DAY)
    tried(bench, changing(service, 9), book)
    assert row(bench)["quantity"] == 9


def test_what_the_renewal_brings_is_waited_for_and_looked_at(bench: Office365Bench) -> None:
    """Our day begins before Microsoft's, and its queue takes a while; nothing is asked for that comes by itself."""
    bench.microsoft.behave(term_end_queue_seconds=A_DAY / 2)
    service, book = bought(bench, seats=3), MemoryBook()
    bench.advance(8 * A_DAY)
    arranged(bench, service)
    bench.microsoft.forget_requests()
    task = changing(service, 3, "order:5:change")
    end = _end(bench, service)
    for days in (-0.8, 0.1, 0.4):
        later(bench, (end - bench.now) / timedelta(days=1) + days)
        with pytest.raises(NotYet) as wait:
            tried(bench, task, book)
        assert wait.value.code == "renewal_pending"
    bench.advance(A_DAY)
    tried(bench, task, book)
    assert row(bench)["quantity"] == 3
    assert bench.microsoft.requests_seen(method="PATCH") == []


def test_where_the_arrangement_was_lost_the_window_of_the_new_term_is_used(bench: Office365Bench) -> None:
    service = bought(bench)
    later(bench, 366)
    tried(bench, changing(service, 3))
    assert (row(bench)["quantity"], held(bench, service).next_term) == (3, None)


def _end(bench: Office365Bench, service: Service) -> datetime:
    """Return when the term ends, whatever hour it was bought at."""
    ends_on = held(bench, service).ends_on
    assert ends_on is not None
    return datetime.combine(ends_on, time.min, tzinfo=UTC)
