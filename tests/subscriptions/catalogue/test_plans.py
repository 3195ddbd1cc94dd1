"""Plans: the wizard's one verb, and what may be changed later."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import SYSTEM, Actor, Forbidden
from accounts.models import Role
from billing.models import Charge
from core.errors import Refused
from subscriptions.catalogue.plans import (
    Information,
    Lasting,
    Offered,
    PlanNotAllowed,
    add_period,
    change_plan,
    create_plan,
    withdraw_period,
)
from subscriptions.catalogue.prices import Fees, PriceNotAllowed, set_price
from subscriptions.catalogue.reach import NameMissing, NameTaken
from subscriptions.models import ApplicationTemplate, Plan, ResourcePrice, ServiceTerm
from subscriptions.night.renewals import run_billing_day
from tests.factories import accounts as people
from tests.factories import subscriptions as make
from tests.factories.billing import top_up

pytestmark = pytest.mark.django_db
TODAY = date(2018, 8, 1)


@pytest.fixture
def wish(cast: people.Cast, owner: Actor, template: ApplicationTemplate, term: ServiceTerm) -> dict[str, Any]:
    """What the wizard hands over: seats and disks, endless or for a year."""
    seats, disks = template.resources.order_by("pk")
    return {
        "actor": owner,
        "reseller": cast.north,
        "information": Information(name="Business", sku="B-1", template=template, service_term=term),
        "resources": [
            Offered(
                resource=seats,
                fees=Fees(recurring_fee=Decimal("10.00")),
                included=1,
                minimum=2,
                limit=300,
            ),
            Offered(resource=disks, fees=Fees(recurring_fee=Decimal("0.005")), name="Gigabytes"),
        ],
        "periods": [Lasting(endless=True), Lasting(duration=1, unit="year")],
        "today": TODAY,
    }


def test_a_plan_is_made_whole(wish: dict[str, Any], cast: people.Cast, owner: Actor) -> None:
    plan = create_plan(**wish)
    assert (plan.status, plan.currency, plan.billing_type) == ("active", "USD", "csp_monthly")
    seats, disks = plan.resources.order_by("position")
    assert (seats.name, seats.included, seats.minimum, seats.limit) == ("Seats", 1, 2, 300)
    assert disks.name == "Gigabytes"
    price = seats.prices.get()
    assert (price.recurring_fee, price.setup_fee, price.valid_from, price.entered_on) == (10, 0, TODAY, TODAY)
    assert price.created_by == owner.user
    assert [(p.endless, p.duration, p.unit) for p in plan.periods.order_by("pk")] == [
        (True, None, ""),
        (False, 1, "year"),
    ]


def _information(wish: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**wish, "information": replace(wish["information"], **changes)}


def _seats(wish: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**wish, "resources": [replace(wish["resources"][0], **changes)]}


def test_what_does_not_fit_is_named(wish: dict[str, Any], cast: people.Cast) -> None:
    foreign = make.plan(reseller=cast.south)
    cases = [
        (_information(wish, template=foreign.template), "template"),
        (_information(wish, service_term=foreign.service_term), "service_term"),
        (_information(wish, billing_type="azure"), "billing_type"),
        ({**wish, "resources": []}, "resources"),
        ({**wish, "resources": wish["resources"][:1] * 2}, "resources"),
        (_seats(wish, resource=foreign.template.resources.get()), "resources.seats"),
        (_seats(wish, minimum=-1), "resources.seats.minimum"),
        (_seats(wish, limit=1), "resources.seats.limit"),
        ({**wish, "periods": []}, "periods"),
        ({**wish, "periods": [Lasting(endless=True)] * 2}, "periods"),
        ({**wish, "periods": [Lasting(duration=30, unit="day")]}, "periods"),
        ({**wish, "periods": [Lasting(duration=0, unit="month")]}, "periods"),
        ({**wish, "periods": [Lasting(endless=True, duration=1, unit="month")]}, "periods"),
    ]
    for case, field in cases:
        with pytest.raises(PlanNotAllowed) as refusal:
            create_plan(**case)
        assert refusal.value.field == field
    assert not Plan.objects.filter(reseller=cast.north).exists()


@pytest.mark.parametrize(
    ("billing_type", "changes", "field"),
    [
        ("csp_monthly", {"fees": Fees(recurring_fee=Decimal(1), setup_fee=Decimal(1))}, "resources.seats.setup_fee"),
        (
            "csp_monthly",
            {"fees": Fees(recurring_fee=Decimal(1), renewal_fee=Decimal(1))},
            "resources.seats.renewal_fee",
        ),
        ("pay_in_full", {"fees": Fees(recurring_fee=Decimal(1), setup_fee=Decimal(1))}, "resources.seats.setup_fee"),
        ("pay_in_full", {"periods": [Lasting(endless=True)]}, "periods"),
        ("pay_in_full", {"periods": [Lasting(duration=6, unit="year")]}, "periods"),
        ("pay_in_full", {"billing_day": 15}, "service_term"),
        (
            "payg_internal",
            {"fees": Fees(recurring_fee=Decimal(1), renewal_fee=Decimal(1))},
            "resources.seats.renewal_fee",
        ),
        ("payg_internal", {"included": 1}, "resources.seats.included"),
        ("payg_internal", {"minimum": 1}, "resources.seats.included"),
        ("payg_internal", {"periods": [Lasting(duration=1, unit="month")]}, "periods"),
    ],
)
def test_what_a_billing_type_would_not_charge_is_refused_aloud(
    wish: dict[str, Any], billing_type: str, changes: dict[str, Any], field: str
) -> None:
    term = wish["information"].service_term
    term.billing_day = changes.get("billing_day", 1)
    term.save(update_fields=["billing_day"])
    endless = billing_type == "payg_internal"
    given = {name: value for name, value in changes.items() if name in ("fees", "included", "minimum")}
    fitting = {
        **_information(wish, billing_type=billing_type),
        "resources": [Offered(resource=wish["resources"][0].resource, fees=Fees(recurring_fee=Decimal(1)))],
        "periods": [Lasting(endless=True) if endless else Lasting(duration=1, unit="month")],
    }
    wrong = {**fitting, "resources": [replace(fitting["resources"][0], **given)]}
    wrong["periods"] = changes.get("periods", fitting["periods"])
    with pytest.raises(Refused) as refusal:
        create_plan(**wrong)
    assert refusal.value.field == field
    term.billing_day = 1
    term.save(update_fields=["billing_day"])
    plan = create_plan(**fitting)
    assert plan.billing_type == billing_type
    if "fees" in changes:
        with pytest.raises(PriceNotAllowed):
            set_price(
                actor=wish["actor"],
                plan_resource=plan.resources.get(),
                fees=changes["fees"],
                valid_from=TODAY,
                today=TODAY,
            )


@pytest.mark.parametrize("fee", ["-1", "0.0000001", "NaN", "10000000000"])
def test_prices_have_bounds(wish: dict[str, Any], fee: str) -> None:
    with pytest.raises(PriceNotAllowed) as refusal:
        create_plan(**_seats(wish, fees=Fees(recurring_fee=Decimal(fee))))
    assert refusal.value.field == "resources.seats.recurring_fee"


def test_names_skus_and_rights(wish: dict[str, Any], cast: people.Cast) -> None:
    create_plan(**wish)
    with pytest.raises(NameTaken) as taken:
        create_plan(**wish)
    assert taken.value.field == "sku"
    with pytest.raises(NameMissing):
        create_plan(**_information(wish, name=" ", sku=""))
    for role in (Role.SALES,):
        with pytest.raises(Forbidden):
            create_plan(**{**wish, "actor": people.manager_actor(reseller=cast.north, role=role)})
    with pytest.raises(Forbidden):
        create_plan(**{**wish, "actor": people.manager_actor(reseller=cast.south, role=Role.OWNER)})


def test_texts_change_and_what_is_sold_stays(wish: dict[str, Any], owner: Actor, cast: people.Cast) -> None:
    plan = create_plan(**wish)
    information = replace(wish["information"], name="Premium", public=False, fixed_price=True)
    change_plan(actor=owner, plan=plan, information=information)
    plan.refresh_from_db()
    assert (plan.name, plan.public, plan.fixed_price) == ("Premium", False, True)
    other = make.plan(reseller=cast.north)
    with pytest.raises(PlanNotAllowed):
        change_plan(actor=owner, plan=plan, information=replace(information, template=other.template))


def test_periods_come_and_go(wish: dict[str, Any], owner: Actor) -> None:
    plan = create_plan(**wish)
    added = add_period(actor=owner, plan=plan, period=Lasting(duration=6, unit="month"), today=TODAY)
    with pytest.raises(PlanNotAllowed):
        add_period(actor=owner, plan=plan, period=Lasting(duration=6, unit="month"), today=TODAY)
    for period in plan.periods.exclude(pk=added.pk):
        assert withdraw_period(actor=owner, period=period).active is False
    with pytest.raises(PlanNotAllowed):
        withdraw_period(actor=owner, period=added)


def test_a_price_is_appended_and_touches_nothing_that_is_charged() -> None:
    """G-I7, floating: announced on 28 August, valid from that day, charged from the next billing day."""
    account, plan = people.account(), make.plan()
    make.subscription(account=account, plan=plan, today=date(2018, 8, 20))
    top_up(account=account, amount="100", today=date(2018, 8, 20))
    day = date(2018, 8, 28)
    fees = Fees(recurring_fee=Decimal(12))
    set_price(actor=SYSTEM, plan_resource=plan.resources.get(), fees=fees, valid_from=day, today=day)
    assert Charge.objects.get().amount == Decimal("19.35")
    run_billing_day(today=date(2018, 9, 1))
    assert [charge.amount for charge in Charge.objects.order_by("pk")] == [Decimal("19.35"), Decimal("60.00")]
    assert ResourcePrice.objects.count() == 2


def test_a_price_of_the_past_is_refused() -> None:
    plan = make.plan()
    with pytest.raises(PriceNotAllowed) as refusal:
        set_price(
            actor=SYSTEM,
            plan_resource=plan.resources.get(),
            fees=Fees(recurring_fee=Decimal(1)),
            valid_from=date(2018, 7, 31),
            today=TODAY,
        )
    assert refusal.value.field == "valid_from"


def test_all_that_is_wrong_with_a_plan_is_said_at_once(wish: dict[str, Any], cast: people.Cast) -> None:
    create_plan(**wish)
    seats, disks = wish["resources"]
    wrong = {
        **_information(wish, name=" ", billing_type="weekly"),
        "resources": [
            replace(seats, limit=0, fees=Fees(recurring_fee=Decimal(-1), setup_fee=Decimal("NaN"))),
            replace(disks, minimum=-1),
        ],
        "periods": [],
    }
    with pytest.raises(Refused) as refusal:
        create_plan(**wrong)
    assert [problem.field for problem in refusal.value.problems] == [
        "billing_type",
        "name",
        "sku",
        "resources.seats.limit",
        "resources.seats.recurring_fee",
        "resources.seats.setup_fee",
        "resources.disks.minimum",
        "periods",
    ]
