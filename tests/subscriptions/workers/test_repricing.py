"""The prices of a mass price change are written once, however often the job is begun again."""

import pytest

from accounts.actors import SYSTEM
from subscriptions.catalogue.prices import Fees, set_price
from subscriptions.models import Plan, ResourcePrice
from subscriptions.people.price_changes import PriceChangeNotAllowed, confirm_price_change, undo_price_change
from subscriptions.workers import repricing
from subscriptions.workers.repricing import prices_on, unfinished, write_prices
from tests.factories import accounts as people
from tests.factories.reselling import follow, line, price_on
from tests.subscriptions.people.test_price_changes import DAY, DAY_BEFORE, TODAY, D, _draft, _prices, plans

pytestmark = pytest.mark.django_db
__all__ = ["plans"]  # the fixture


def test_it_is_written_once_and_undone_until_its_day(plans: list[Plan], monkeypatch: pytest.MonkeyPatch) -> None:
    draft = _draft(plans)
    confirm_price_change(actor=SYSTEM, change=draft, today=TODAY)
    assert unfinished() == [draft.pk]
    monkeypatch.setattr(repricing, "BATCH", 1)
    assert repricing._write_batch(draft.pk), "killed after the first batch"
    for _ in range(2):
        write_prices(change_id=draft.pk)
    draft.refresh_from_db()
    assert (draft.status, draft.lines_done, unfinished()) == ("done", 2, [])
    assert (_prices(plans, DAY_BEFORE), _prices(plans, DAY)) == ([D("10"), D("0.125")], [D("8"), D("0.1")])
    assert ResourcePrice.objects.filter(valid_from=DAY).count() == 2
    assert prices_on([plans[0].resources.get().pk], DAY)[plans[0].resources.get().pk].net_cost == D("9.00")

    undo_price_change(actor=SYSTEM, change=draft, today=DAY_BEFORE)
    assert _prices(plans, DAY) == [D("10"), D("0.125")]
    with pytest.raises(PriceChangeNotAllowed):
        undo_price_change(actor=SYSTEM, change=draft, today=DAY_BEFORE)


def test_what_rules_made_of_it_below_is_taken_back_with_it() -> None:
    """The operator's 8.00 becomes 9.00: North follows with 25 %, North-East with 10 %, until it is undone."""
    cast = people.cast()
    sold = line(cast, "8.00", "9.00", "10.00")
    follow(sold[1], "25", TODAY)
    follow(sold[2], "10", TODAY)
    draft = _draft(sold[:1], value="12.5")
    assert [price_on(plan, DAY) for plan in sold] == [D(8), D(10), D(11)], "shown, not changed"
    confirm_price_change(actor=SYSTEM, change=draft, today=TODAY)
    write_prices(change_id=draft.pk)
    assert [price_on(plan, DAY_BEFORE) for plan in sold] == [D(8), D(10), D(11)]
    assert [price_on(plan, DAY) for plan in sold] == [D(9), D("11.25"), D("12.38")]
    draft.refresh_from_db()
    assert (draft.lines_done, draft.lines_total, draft.status) == (1, 1, "done")
    undo_price_change(actor=SYSTEM, change=draft, today=DAY_BEFORE)
    assert [price_on(plan, DAY) for plan in sold] == [D(8), D(10), D(11)]


def test_two_price_changes_of_one_day_are_undone_each_by_itself(plans: list[Plan]) -> None:
    """Whichever is taken back first: the other's prices stay, and neither brings those of the other back."""
    ways = ((("first", "8.80"), ("second", "10.00")), (("second", "8.00"), ("first", "10.00")))
    for way in ways:
        done = {}
        for name, value in (("first", "-20"), ("second", "10")):
            done[name] = _draft(plans, value=value)
            confirm_price_change(actor=SYSTEM, change=done[name], today=TODAY)
            write_prices(change_id=done[name].pk)
        for undone, then in way:
            undo_price_change(actor=SYSTEM, change=done[undone], today=DAY_BEFORE)
            assert _prices(plans, DAY)[0] == D(then), way


def test_what_is_entered_by_hand_since_outlives_the_undoing(plans: list[Plan]) -> None:
    """For the day itself, and for a day before it: the second price is the one that was there without the change."""
    draft = _draft(plans)
    confirm_price_change(actor=SYSTEM, change=draft, today=TODAY)
    write_prices(change_id=draft.pk)
    for plan, day, fee in ((plans[0], DAY, "15"), (plans[1], DAY_BEFORE, "0.2")):
        price = {"fees": Fees(recurring_fee=D(fee)), "valid_from": day, "today": TODAY}
        set_price(actor=SYSTEM, plan_resource=plan.resources.get(), **price)
    assert _prices(plans, DAY) == [D(15), D("0.1")]
    undo_price_change(actor=SYSTEM, change=draft, today=DAY_BEFORE)
    assert _prices(plans, DAY) == [D(15), D("0.2")]
