"""What the night and people's verbs share of another term; whole histories: tests/oracle/renewals.py."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Account
from billing.engine.lines import Changes, LineStatus, Move
from core.period import Period
from subscriptions.contract import renewing
from subscriptions.contract.terms import contract_of
from subscriptions.models import Subscription
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.holding import ORDERED_ON

pytestmark = pytest.mark.django_db
END = date(2018, 9, 20)


@pytest.fixture
def term(acme: Account) -> Subscription:
    """Five seats for a month at a fixed price, until 20 September."""
    top_up(account=acme, amount="500", today=ORDERED_ON)
    return make.subscription(account=acme, plan=make.plan(months=1, fixed_price=True), today=ORDERED_ON)


def test_the_term_of_a_renewal_begins_at_the_end_or_on_the_day_after_a_stop(term: Subscription) -> None:
    contract = contract_of(term)
    assert renewing.term_of_renewal(contract, date(2018, 10, 5)) == Period(END, date(2018, 10, 20))
    term.stopped_on = END
    assert renewing.term_of_renewal(contract, date(2018, 10, 5)) == Period(date(2018, 10, 5), date(2018, 11, 5))


def test_lines_of_a_term_to_come_stand_apart_and_what_is_paid_as_it_is_placed_is_written_once(
    term: Subscription,
) -> None:
    contract = contract_of(term)
    order, placed = renewing.place_automatic(contract, END)
    assert (order.automatic, order.total) == (True, Decimal("18.33"))
    at_once = renewing.folded(placed, renewing.paid(contract, END))
    assert [line.status for line in at_once.add] == [LineStatus.BLOCKED, LineStatus.OPENED]
    assert not at_once.move
    kept = renewing.folded(placed, Changes(move=(Move(placed.add[0], LineStatus.CLOSED, END),)))
    assert kept.add == (replace(placed.add[0], status=LineStatus.CLOSED, closed_on=END), placed.add[1])


def test_a_fixed_price_is_that_of_the_renewal_from_its_term_on(term: Subscription) -> None:
    resource = term.resources.get()
    make.reprice(plan=term.plan, fee="12.00", today=END)
    contract = contract_of(term)
    order, placed = renewing.place_automatic(contract, END)
    renewing.begin(contract, order, END)
    resource.refresh_from_db()
    assert (resource.ordering_price, resource.ordered_at_id) == (Decimal(12), placed.add[0].price_row)
    assert (term.expiration_date, term.status, contract.waiting) == (date(2018, 10, 20), "active", None)


def test_what_the_night_of_the_end_needs(term: Subscription) -> None:
    assert renewing.needed(contract_of(term), END) == 0
    term.auto_renew = True
    assert renewing.needed(contract_of(term), END) == Decimal("18.33")
