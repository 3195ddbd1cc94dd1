"""A reseller says how its prices follow their net cost, sees it before, and ends it."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM, Forbidden, actor_of
from accounts.models import Role
from core.errors import Refused
from notifications.models import Notification
from subscriptions.catalogue.markups import Markup, MarkupNotAllowed, MarkupSet, preview_markup, set_markup
from subscriptions.catalogue.prices import Fees, PriceNotAllowed, set_price
from subscriptions.models import MarkupRule, Plan, ResourcePrice
from subscriptions.queries import markup_rules_visible_to
from tests.factories import accounts as people
from tests.factories import subscriptions as make
from tests.factories.reselling import follow, line, price_on
from tests.remembering import remembered

pytestmark = pytest.mark.django_db
AUG20, AUG31, SEP1, SEP15, OCT1 = (
    date(2018, month, day) for month, day in ((8, 20), (8, 31), (9, 1), (9, 15), (10, 1))
)
D = Decimal


@pytest.fixture
def cast() -> people.Cast:
    """The operator, North and North-East below it."""
    return people.cast()


@pytest.fixture
@remembered
def plans(cast: people.Cast) -> list[Plan]:
    """Seats: the operator's at 8.00 and from 1 October at 10.00, North's at 9.00, North-East's at 10.00."""
    plans = line(cast, "8.00", "9.00", "10.00")
    seats = plans[0].resources.get()
    set_price(actor=SYSTEM, plan_resource=seats, fees=Fees(recurring_fee=D(10)), valid_from=OCT1, today=AUG20)
    return plans


def _end(plan: Plan, on: date) -> MarkupSet:
    return set_markup(actor=SYSTEM, plan=plan, markup=None, valid_from=on, today=AUG20)


def test_it_holds_from_its_day_also_over_what_lies_ahead(plans: list[Plan]) -> None:
    done = follow(plans[1], "20", AUG20, on=SEP1, amount=D("0.10"))
    assert [price_on(plans[1], day) for day in (AUG31, SEP1, OCT1)] == [D("9.00"), D("9.70"), D("12.10")]
    assert [(price.day, price.old, price.new, price.cost) for price in done.prices] == [
        (SEP1, D(9), D("9.70"), D(8)), (OCT1, D(9), D("12.10"), D(10)),
    ]  # fmt: skip
    follow(plans[1], "50", AUG20, on=SEP15)
    assert [price_on(plans[1], day) for day in (SEP1, SEP15, OCT1)] == [D("9.70"), D("12.00"), D("15.00")]


def test_it_is_shown_by_the_verb_itself_and_nothing_is_kept(plans: list[Plan]) -> None:
    follow(plans[2], "10", AUG20)
    rows, letters = ResourcePrice.objects.count(), Notification.objects.count()
    asked = {"actor": SYSTEM, "plan": plans[1], "markup": Markup(percent=D(50)), "valid_from": SEP1, "today": AUG20}
    shown = preview_markup(**asked)
    assert (ResourcePrice.objects.count(), Notification.objects.count(), MarkupRule.objects.count()) == (
        rows,
        letters,
        1,
    )
    done = set_markup(**asked)
    assert (shown.prices, shown.below) == (done.prices, done.below)
    assert ([price.new for price in done.prices], done.below) == ([D(12), D(15)], 2)
    assert [price_on(plans[2], day) for day in (SEP1, OCT1)] == [D("13.20"), D("16.50")]


def test_where_it_ends_the_last_price_stays_and_hands_are_free_again(plans: list[Plan]) -> None:
    follow(plans[1], "25", AUG20)
    assert price_on(plans[1], OCT1) == D("12.50")
    ended = _end(plans[1], SEP15)
    assert [price_on(plans[1], day) for day in (SEP1, SEP15, OCT1)] == [D(10), D(10), D(10)]
    assert [(price.day, price.old, price.new) for price in ended.prices] == [(OCT1, D("12.50"), D(10))]
    make.reprice(plan=plans[0], fee="9.00", today=SEP15)
    assert price_on(plans[1], SEP15) == D(10), "it follows no more"
    make.reprice(plan=plans[1], fee="11.00", today=SEP15)
    assert price_on(plans[1], SEP15) == D(11)
    with pytest.raises(MarkupNotAllowed, match="No rule holds on that day"):
        _end(plans[1], SEP15)


def test_the_vendors_price_of_a_plan_of_ones_own_is_followed(plans: list[Plan]) -> None:
    with pytest.raises(MarkupNotAllowed, match="Enter the vendor's price first"):
        follow(plans[0], "25", AUG20)
    seats = plans[0].resources.get()
    asked = {"actor": SYSTEM, "plan_resource": seats, "today": AUG20}
    set_price(**asked, fees=Fees(recurring_fee=D(8)), valid_from=AUG20, net_cost=D("4.00"))
    follow(plans[0], "100", AUG20, on=SEP1)
    made = set_price(**asked, fees=Fees(recurring_fee=D(0)), valid_from=SEP15, net_cost=D("4.50"), by_rule=True)
    assert (made.recurring_fee, made.net_cost, made.made_from) == (D(9), D("4.50"), None)
    assert [price_on(plans[0], day) for day in (AUG31, SEP1, SEP15)] == [D(8), D(8), D(9)]


def test_what_cannot_be_is_refused_at_its_field(cast: people.Cast, plans: list[Plan]) -> None:
    other = make.plan(reseller=cast.north).resources.get()
    by_cost = make.plan(reseller=cast.north, billing_type="payg_external", prices={"seats": "0"})
    for expected, plan, fields in (
        ("percent", plans[1], {"percent": "-100"}),
        ("percent", plans[1], {"percent": "1001"}),
        ("percent", plans[1], {"percent": "0.0000001"}),
        ("amount", plans[1], {"percent": "1", "amount": D("NaN")}),
        ("step", plans[1], {"percent": "1", "step": D(0)}),
        ("percent", by_cost, {"percent": "1"}),
    ):
        with pytest.raises(Refused) as refused:
            follow(plan, fields.pop("percent"), AUG20, **fields)
        assert [problem.field for problem in refused.value.problems] == [expected], fields
    with pytest.raises(MarkupNotAllowed, match="Choose a resource"):
        set_markup(actor=SYSTEM, plan=plans[1], markup=Markup(), valid_from=AUG20, today=AUG20, resource=other)
    with pytest.raises(PriceNotAllowed, match="cannot begin in the past"):
        follow(plans[1], "10", AUG20, on=date(2018, 8, 19))
    assert not MarkupRule.objects.exists()


def test_it_is_its_own_resellers_to_say_and_to_see(cast: people.Cast, plans: list[Plan]) -> None:
    def by(actor: object) -> MarkupSet:
        return set_markup(actor=actor, plan=plans[1], markup=Markup(percent=D(25)), valid_from=AUG20, today=AUG20)

    for reseller, role in ((cast.operator, Role.ADMIN), (cast.north_east, Role.ADMIN), (cast.north, Role.SALES)):
        with pytest.raises(Forbidden):
            by(actor_of(people.manager(reseller=reseller, role=role)))
    own = actor_of(people.manager(reseller=cast.north))
    assert by(own).rule.created_by == own.user
    for reseller, seen in ((cast.operator, 0), (cast.north, 1), (cast.north_east, 0)):
        assert markup_rules_visible_to(actor_of(people.manager(reseller=reseller))).count() == seen
