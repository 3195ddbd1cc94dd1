"""A price moves, and what follows by rules does too, down the whole line; every reseller is told what it pays now."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import SYSTEM
from accounts.models import Reseller
from notifications.models import Notification
from subscriptions.catalogue.delegation import Terms, delegate_plan
from subscriptions.catalogue.discounts import COLUMNS, Granted, change_discount
from subscriptions.catalogue.downline import line_of
from subscriptions.catalogue.following import followed, net_cost_changes, rows_by_rules, tell_net_costs
from subscriptions.catalogue.prices import Fees, PriceNotAllowed, preview_followers, set_price
from subscriptions.models import Plan, ResourcePrice
from tests.factories import accounts as people
from tests.factories import discounts as grant
from tests.factories import subscriptions as make
from tests.factories.reselling import follow, line, price_on

pytestmark = pytest.mark.django_db
AUG20, AUG31, SEP1, OCT1 = date(2018, 8, 20), date(2018, 8, 31), date(2018, 9, 1), date(2018, 10, 1)
D = Decimal


@pytest.fixture
def cast() -> people.Cast:
    """The operator, North and North-East, each with an administrator."""
    cast = people.cast()
    for reseller in (cast.operator, cast.north, cast.north_east):
        people.manager(reseller=reseller, language="en")
    return cast


@pytest.fixture
def plans(cast: people.Cast) -> list[Plan]:
    """Seats: the operator's at 8.00, North's at net cost + 25 % = 10.00, North-East's at net cost + 10 % = 11.00."""
    plans = line(cast, "8.00", "9.00", "10.00")
    follow(plans[1], "25", AUG20)
    follow(plans[2], "10", AUG20)
    return plans


def _ask(plan: Plan, fee: str, valid_from: date, today: date = AUG20, **fields: object) -> ResourcePrice:
    return set_price(
        actor=SYSTEM, plan_resource=plan.resources.get(), fees=Fees(recurring_fee=D(fee)), valid_from=valid_from,
        today=today, **fields,
    )  # fmt: skip


def _told(reseller: Reseller) -> list[str]:
    letters = Notification.objects.filter(event="net_cost_has_been_changed", user__reseller=reseller).order_by("pk")
    return list(letters.values_list("body_text", flat=True))


def test_the_whole_line_follows_on_the_same_day(plans: list[Plan]) -> None:
    assert [price_on(plan, AUG20) for plan in plans] == [D("8.00"), D("10.00"), D("11.00")]
    asked = _ask(plans[0], "9.50", SEP1)
    assert [price_on(plan, AUG31) for plan in plans] == [D("8.00"), D("10.00"), D("11.00")]
    # 9.50 × 1.25 = 11.875; 11.88 × 1.1 = 13.068.
    assert [price_on(plan, SEP1) for plan in plans] == [D("9.50"), D("11.88"), D("13.07")]
    norths, north_easts = (plan.resources.get().prices.latest("pk") for plan in plans[1:])
    assert (norths.made_from, north_easts.made_from) == (asked, norths)
    assert (norths.made_by, north_easts.made_by) == tuple(plan.markup_rules.get() for plan in plans[1:])
    assert (norths.net_cost, north_easts.net_cost) == (D("9.50"), D("11.88"))
    assert (norths.entered_on, norths.created_by) == (AUG20, None)


def test_a_price_ahead_is_followed_ahead_and_rows_are_appended_only_where_something_is_another(
    plans: list[Plan],
) -> None:
    _ask(plans[0], "9.00", OCT1)
    _ask(plans[0], "8.80", SEP1)
    assert [price_on(plans[1], day) for day in (AUG31, SEP1, OCT1)] == [D("10.00"), D("11.00"), D("11.25")]
    before = ResourcePrice.objects.count()
    _ask(plans[0], "8.80", date(2018, 9, 10))
    assert ResourcePrice.objects.count() == before + 1, "nobody pays another net cost"


def test_every_reseller_whose_net_cost_changes_is_told_what_is_left(cast: people.Cast, plans: list[Plan]) -> None:
    Notification.objects.all().delete()
    _ask(plans[0], "9.50", SEP1)
    assert _told(cast.operator) == [], "nobody changed what it pays"
    (north,) = _told(cast.north)
    assert "Seats, Seats: from 01 Sep 2018 a unit costs you $9.50 instead of $8.00." in north
    assert "Your price follows by your rule and is $11.88 then: $2.38 (20 %) is left." in north
    (north_east,) = _told(cast.north_east)
    assert "from 01 Sep 2018 a unit costs you $11.88 instead of $10.00." in north_east
    assert "$9.50" not in north_east, "what North pays"
    assert "Net cost has been changed: Seats" in Notification.objects.latest("pk").subject


def test_a_reseller_without_a_rule_keeps_its_price_and_is_warned_below_cost(cast: people.Cast) -> None:
    plans = line(cast, "8.00", "9.00", "10.00")
    _ask(plans[0], "9.60", SEP1)
    assert [price_on(plan, SEP1) for plan in plans] == [D("9.60"), D("9.00"), D("10.00")]
    (north,) = _told(cast.north)
    assert "Your price of that day, $9.00, is below it: each unit loses $0.60. Enter another price." in north
    assert _told(cast.north_east) == [], "North asks what it asked"


def test_a_discount_that_is_granted_below_moves_net_costs_too(cast: people.Cast, plans: list[Plan]) -> None:
    granted = grant.of_reseller(cast.north_east, "20", valid_from=SEP1, valid_until=OCT1)
    # 10.00 less 20 % is 8.00; with 10 % on it 8.80.
    assert [price_on(plans[2], day) for day in (AUG31, SEP1, OCT1)] == [D("11.00"), D("8.80"), D("11.00")]
    Notification.objects.all().delete()
    now = {name: getattr(granted, name) for name in COLUMNS}
    off = Granted(**{**now, "active": False}, resellers=[cast.north_east])
    change_discount(actor=SYSTEM, discount=granted, granted=off, today=AUG20)
    assert [price_on(plans[2], day) for day in (AUG31, SEP1, OCT1)] == [D("11.00"), D("11.00"), D("11.00")]
    assert _told(cast.north) == []
    (letter,) = _told(cast.north_east)
    assert "from 01 Sep 2018 a unit costs you $10.00 instead of $8.00." in letter


def test_a_price_entered_by_hand_is_refused_where_a_rule_holds(plans: list[Plan]) -> None:
    with pytest.raises(PriceNotAllowed, match=r"on that day it is \$10.00. End the rule first"):
        _ask(plans[1], "12.00", SEP1)
    made = _ask(plans[1], "0", SEP1, by_rule=True)
    assert (made.recurring_fee, made.made_by, made.net_cost) == (D(10), plans[1].markup_rules.get(), D(8))
    with pytest.raises(PriceNotAllowed, match="No markup rule holds"):
        _ask(plans[0], "0", SEP1, by_rule=True)


def test_what_follows_is_shown_by_entering_it_and_rolling_back(plans: list[Plan]) -> None:
    Notification.objects.all().delete()
    rows = ResourcePrice.objects.count()
    asked = {
        "actor": SYSTEM, "plan_resource": plans[0].resources.get(), "fees": Fees(recurring_fee=D("9.50")),
        "valid_from": SEP1, "today": AUG20,
    }  # fmt: skip
    shown = preview_followers(**asked)
    assert [(one.plan, one.day, one.old, one.new) for one in shown] == [
        ("Seats", SEP1, D("10.00"), D("11.88")), ("Seats", SEP1, D("11.00"), D("13.07")),
    ]  # fmt: skip
    assert [one.reseller for one in shown] == [plan.reseller.name for plan in plans[1:]]
    assert (ResourcePrice.objects.count(), Notification.objects.count()) == (rows, 0)
    with pytest.raises(PriceNotAllowed, match="have changed since this was shown"):
        set_price(**asked, seen=shown[:1])
    set_price(**asked, seen=shown)
    assert ResourcePrice.objects.count() == rows + 3


def test_statements_do_not_grow_with_the_resellers(cast: people.Cast, plans: list[Plan]) -> None:
    def statements(fee: str) -> int:
        with CaptureQueriesContext(connection) as captured, followed(ids, since=SEP1, today=AUG20, tell=False) as done:
            ResourcePrice.objects.create(
                plan_resource_id=ids[0], valid_from=SEP1, entered_on=AUG20, recurring_fee=D(fee)
            )
        assert len(done.made) == number
        return len(captured)

    ids, number = [plans[0].resources.get().pk], 2
    before = statements("9.00")
    for name in ("East", "West", "South-West"):
        sold = _handed_down(plans[0], people.reseller(parent=cast.operator, name=name))
        follow(sold, "30", AUG20)
    number = 5
    assert statements("9.10") == before


def _handed_down(plan: Plan, reseller: Reseller) -> Plan:
    terms = {"seats": Terms(retail=D("9.00"))}
    return delegate_plan(actor=SYSTEM, plan=plan, reseller=reseller, prices=terms, today=make.EARLY)


def test_nothing_is_told_where_nothing_changes(plans: list[Plan]) -> None:
    read = line_of([plans[0].resources.get().pk])
    assert net_cost_changes(read, read, AUG20) == []
    assert [rows_by_rules(one, AUG20) for one in read.priced.values()] == [[], [], []]
    letters = Notification.objects.count()
    tell_net_costs([])
    assert Notification.objects.count() == letters
