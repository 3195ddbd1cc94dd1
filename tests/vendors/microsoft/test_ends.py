"""What comes after a term at Microsoft is arranged, and put back after a change or a stop, whatever dies in between."""

import pytest

from tests.vendors.contract import work
from tests.vendors.memory import MemoryBook
from tests.vendors.microsoft.commerce import A_DAY, arranged, bought, changing, held, row, wanting
from tests.vendors.office365.bench import Office365Bench
from vendors.base import Task, Verdict
from vendors.commitments import AtEnd, NextTerm
from vendors.microsoft.ends import End
from vendors.microsoft.partner_center import Members


@pytest.mark.parametrize("at_end", AtEnd)
def test_each_end_is_arranged_once_and_comes(bench: Office365Bench, at_end: AtEnd) -> None:
    bench.microsoft.behave(strict_end_of_term=True, extended_bought_since="2018-01-01", extended_since="2018-01-01")
    service = bought(bench, at_end=at_end)
    task = Task("arrange", "order:1:arrange", service=service)
    before = bench.plugin.probe(bench.connection(), task).verdict
    assert before is (Verdict.DONE if at_end is AtEnd.RENEWS else Verdict.NOT_DONE)
    done = arranged(bench, service)
    facts = {fact.name: fact.value for fact in done.facts}
    last = held(bench, service).ends_on
    assert facts == {"ends_on.seats": "" if at_end is not AtEnd.ENDS or last is None else facts["ends_on.seats"]}
    assert bool(facts["ends_on.seats"]) == (at_end is AtEnd.ENDS)
    assert held(bench, service).at_end is at_end
    assert bench.plugin.probe(bench.connection(), task).verdict is Verdict.DONE
    bench.microsoft.forget_requests()
    arranged(bench, service, "order:9:arrange")
    assert bench.microsoft.requests_seen(method="PATCH") == []
    bench.microsoft.advance(days=366)
    kept = row(bench)
    assert (kept["status"], kept["extended"]) == {
        AtEnd.RENEWS: ("active", False), AtEnd.ENDS: ("deleted", False), AtEnd.EXTENDS: ("active", True),
    }[at_end]  # fmt: skip


def test_fewer_seats_are_arranged_for_the_renewal_and_taken_back(bench: Office365Bench) -> None:
    service = bought(bench)
    bench.advance(8 * A_DAY)
    arranged(bench, wanting(service, AtEnd.RENEWS, seats=3))
    found = held(bench, service)
    assert (found.quantity, found.at_end) == (5, AtEnd.RENEWS)
    assert found.next_term == NextTerm(3, "CFQ7TTC0LH18:0001", "P1Y", "monthly")
    arranged(bench, service, "order:2:arrange")
    assert (held(bench, service).next_term, row(bench)["quantity"]) == (None, 5)
    arranged(bench, wanting(service, AtEnd.RENEWS, seats=3), "order:3:arrange")
    bench.microsoft.advance(days=366)
    assert (row(bench)["quantity"], row(bench)["status"]) == (3, "active")


@pytest.mark.parametrize("seats", [4, 8])
def test_change_within_the_term_drops_what_is_arranged_and_it_is_put_back_by_whoever_comes_next(
    bench: Office365Bench, seats: int
) -> None:
    """The worker is killed after each of its notes in turn; what is wanted is in the operation, not in its memory."""
    service = bought(bench, seats=3)
    arranged(bench, service)
    saves = 1
    while True:
        book = MemoryBook(dies_after=saves)
        work(bench, changing(service, seats, f"order:{saves}:change"), book)
        assert (row(bench)["quantity"], held(bench, service).next_term) == (seats, _next(3))
        if book.saves < saves:
            return
        work(bench, changing(service, 5, f"order:{saves}:back"))
        saves += 1


def _next(quantity: int) -> NextTerm:
    return NextTerm(quantity, "CFQ7TTC0LH18:0001", "P1Y", "monthly")


def test_what_a_colleague_arranged_at_microsoft_is_put_back_where_we_want_nothing_else(bench: Office365Bench) -> None:
    service = bought(bench, at_end="")
    arranged(bench, wanting(service, AtEnd.RENEWS, seats=2))
    bench.microsoft.fail("drop_after", method="PATCH", path="/subscriptions/")
    work(bench, changing(service, 8))
    assert (row(bench)["quantity"], held(bench, service).next_term) == (8, _next(2))
    ending = wanting(service, AtEnd.ENDS)
    arranged(bench, ending, "order:4:arrange")
    work(bench, changing(service, 9, "order:5:change"))
    assert held(bench, service).at_end is AtEnd.ENDS


def test_a_stop_drops_it_and_an_activation_arranges_it_anew(bench: Office365Bench) -> None:
    service = bought(bench, at_end=AtEnd.ENDS)
    arranged(bench, service)
    work(bench, Task("suspend", "subscription:1:suspend", service=service))
    assert row(bench)["actions"] == []
    resume = Task("resume", "subscription:1:resume", service=service)
    assert bench.plugin.probe(bench.connection(), resume).verdict is Verdict.NOT_DONE
    bench.microsoft.fail("drop_before", method="PATCH", path="/subscriptions/", nth=2)
    work(bench, resume)
    assert (row(bench)["status"], held(bench, service).at_end) == ("active", AtEnd.ENDS)
    assert bench.plugin.probe(bench.connection(), resume).verdict is Verdict.DONE


def test_what_cannot_be_put_back_is_noted_and_does_not_undo_the_change(bench: Office365Bench) -> None:
    service = bought(bench, seats=3)
    arranged(bench, service)
    bench.microsoft.fail("error_before", method="PATCH", path="/subscriptions/", nth=2, status=400, code=3000)
    book = MemoryBook()
    work(bench, changing(service, 8), book)
    assert row(bench)["quantity"] == 8
    (note,) = book.notes
    assert "could not be put back" in note["message"]


def test_a_plain_subscription_of_before_has_no_such_end(bench: Office365Bench) -> None:
    told = Members(quantity=5, autoRenewEnabled=True, status="deleted")
    assert End(AtEnd.ENDS).is_of(told)
