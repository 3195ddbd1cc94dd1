"""Many prices change at once: shown for every subscription before, written once, taken back by one act."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM, Forbidden, actor_of
from subscriptions.catalogue.prices import Fees, PriceNotAllowed, set_price
from subscriptions.models import Plan, PriceChange, PriceRule
from subscriptions.people.price_changes import (
    PriceChangeNotAllowed,
    changed,
    confirm_price_change,
    draft_price_change,
    undo_price_change,
)
from subscriptions.workers.repricing import prices_on, write_prices
from tests.factories import accounts as people
from tests.factories import subscriptions as make
from tests.factories.reselling import follow, line
from tests.remembering import remembered

pytestmark = pytest.mark.django_db
TODAY, DAY, DAY_BEFORE = date(2018, 8, 20), date(2018, 9, 1), date(2018, 8, 31)
D = Decimal


@pytest.fixture
@remembered
def plans(db: None) -> list[Plan]:
    """Seats at 10.00 that cost 9.00, and disks at 0.125 that are the operator's own."""
    seats, disks = make.plan(prices={"seats": "10.00"}), make.plan(prices={"seats": "0.125"})
    set_price(
        actor=SYSTEM, plan_resource=seats.resources.get(), fees=Fees(recurring_fee=D("10.00")), valid_from=TODAY,
        today=TODAY, net_cost=D("9.00"),
    )  # fmt: skip
    return [seats, disks]


def _draft(plans: list[Plan], rule: str = PriceRule.PERCENT, value: str = "-20", **fields: object) -> PriceChange:
    usual = {"actor": SYSTEM, "reseller": people.operator(), "valid_from": DAY, "today": TODAY}
    return draft_price_change(**{**usual, "plans": plans, "rule": rule, "value": D(value), **fields})


def _prices(plans: list[Plan], day: date) -> list[Decimal]:
    ids = [plan.resources.get().pk for plan in plans]
    rows = prices_on(ids, day)
    return [rows[pk].recurring_fee for pk in ids]


@pytest.mark.parametrize(
    ("rule", "value", "price", "cost", "new"),
    [
        (PriceRule.PERCENT, "5", "10.00", None, "10.50"),
        (PriceRule.PERCENT, "5", "0.125", None, "0.131"),
        (PriceRule.PERCENT, "0.5", "1.00", None, "1.01"),
        (PriceRule.AMOUNT, "-0.50", "10.00", None, "9.50"),
        (PriceRule.NEW_PRICE, "7.1", "10.00", None, "7.1"),
        (PriceRule.MARKUP_PERCENT, "25", "10.00", "7.33", "9.16"),
        (PriceRule.MARKUP_AMOUNT, "1.5", "10.00", "7.33", "8.83"),
    ],
)
def test_what_a_rule_makes_of_a_price(rule, value, price, cost, new):
    assert changed(rule, D(value), D(price), D(cost) if cost else None, "USD") == D(new)


def test_it_is_shown_for_every_subscription_before_anything_changes(plans: list[Plan]) -> None:
    account = people.account()
    seats = make.subscription(account=account, plan=plans[0], today=TODAY)
    make.subscription(account=account, plan=plans[1], today=TODAY, quantities={"seats": 800})
    draft = _draft(plans)
    first = draft.effects.earliest("pk")
    assert (first.subscription_id, first.old_sum, first.new_sum, first.cost) == (seats.pk, D("50"), D("40"), D("45"))
    assert (draft.reached, draft.pay_more, draft.below_cost, draft.lines_total) == (2, 0, 1, 2)
    assert _prices(plans, DAY) == [D("10.00"), D("0.125")]


def test_on_its_day_it_is_undone_no_more(plans: list[Plan]) -> None:
    draft = _draft(plans)
    confirm_price_change(actor=SYSTEM, change=draft, today=TODAY)
    write_prices(change_id=draft.pk)
    with pytest.raises(PriceChangeNotAllowed):
        undo_price_change(actor=SYSTEM, change=draft, today=DAY)


def test_a_price_that_was_changed_meanwhile_is_shown_anew(plans: list[Plan]) -> None:
    draft = _draft(plans)
    make.reprice(plan=plans[0], fee="11.00", today=TODAY)
    with pytest.raises(PriceChangeNotAllowed):
        confirm_price_change(actor=SYSTEM, change=draft, today=TODAY)


def test_what_cannot_be_is_refused(plans: list[Plan]) -> None:
    with pytest.raises(PriceChangeNotAllowed):
        _draft(plans, PriceRule.MARKUP_PERCENT, "25")  # of the disks nobody knows a cost
    with pytest.raises(PriceChangeNotAllowed):
        _draft(plans, PriceRule.AMOUNT, "0")
    with pytest.raises(PriceChangeNotAllowed):
        _draft([])
    with pytest.raises(PriceNotAllowed):
        _draft(plans, PriceRule.AMOUNT, "-1")
    with pytest.raises(PriceNotAllowed):
        _draft(plans, valid_from=DAY_BEFORE.replace(month=7))
    stranger = actor_of(people.manager(reseller=people.reseller()))
    with pytest.raises(Forbidden):
        _draft(plans, actor=stranger)


def test_what_resellers_below_ask_by_their_rules_is_shown_with_it_and_whose_net_cost_is_not() -> None:
    """The operator's 8.00 becomes 9.00: North's customer pays 5 x 11.25 instead of 5 x 10.00."""
    cast = people.cast()
    sold = line(cast, "8.00", "9.00", "10.00")
    follow(sold[1], "25", TODAY)
    below = make.subscription(account=cast.acme, plan=sold[1], today=TODAY)
    draft = _draft(sold[:1], value="12.5")
    lines = draft.lines.order_by("pk").values_list("by_rule", "old_price", "new_price", "cost")
    assert list(lines) == [(False, D(8), D(9), None), (True, D(10), D("11.25"), None)]
    effect = draft.effects.get()
    assert (effect.subscription_id, effect.old_sum, effect.new_sum, effect.cost) == (below.pk, D(50), D("56.25"), None)
    assert (draft.lines_total, draft.reached, draft.pay_more, draft.below_cost) == (1, 1, 1, 0)
    follow(sold[1], "30", TODAY)
    with pytest.raises(PriceChangeNotAllowed, match="Prices have changed since this was shown"):
        confirm_price_change(actor=SYSTEM, change=draft, today=TODAY)


def test_prices_that_follow_a_rule_are_left_to_it() -> None:
    cast = people.cast()
    sold = line(cast, "8.00", "9.00", "10.00")
    usual = {"reseller": cast.north, "plans": sold[1:2]}
    draft = _draft(**usual)
    follow(sold[1], "25", TODAY)
    with pytest.raises(PriceChangeNotAllowed, match="follow their net cost by markup rules: Seats"):
        _draft(**usual)
    with pytest.raises(PriceChangeNotAllowed, match="follow their net cost by markup rules: Seats"):
        confirm_price_change(actor=SYSTEM, change=draft, today=TODAY)
