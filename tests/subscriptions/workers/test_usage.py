"""What was used is written down once and charged; what cannot be charged is refused by name."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.audit import audit
from billing.explanation import explain_charge
from billing.funds import funds_of
from billing.models import Charge, LedgerEntry, Usage
from subscriptions.catalogue.prices import Fees, PlanFees, set_plan_price, set_price
from subscriptions.contract.terms import contract_of
from subscriptions.models import Order, Plan, Subscription
from subscriptions.night.ahead import accounts_waiting
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.changes import TypeKeepsQuantities, change_quantities
from subscriptions.people.failures import cancel_failed_order
from subscriptions.people.stopping import delete, stop
from subscriptions.told.preview import preview
from subscriptions.told.proposals import propose_activation, propose_stop
from subscriptions.told.upkeep import upkeep_of
from subscriptions.workers.usage import (
    Measured,
    Recorded,
    UsageRefused,
    _refuse_without_price,
    record_usage,
    record_usage_of_many,
)
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import ORDERED_ON, work
from vendors.models import ConnectionState, VendorConnection

pytestmark = pytest.mark.django_db
AUG22 = date(2018, 8, 22)
ONE_DAY = timedelta(days=1)


def metered(**more: Any) -> Plan:
    plan = make.plan(billing_type="payg_internal", prices={"seats": "0.012"}, **more)
    set_price(
        actor=SYSTEM,
        plan_resource=plan.resources.get(),
        fees=Fees(recurring_fee=Decimal("0.012"), setup_fee=Decimal("2.50")),
        valid_from=make.EARLY,
        today=make.EARLY,
    )
    return plan


@pytest.fixture
def used(acme: Account) -> Subscription:
    top_up(account=acme, amount="100.00", today=ORDERED_ON)
    return make.subscription(account=acme, plan=metered(), today=ORDERED_ON)


def hours(key: str, quantity: str = "100", day: date = AUG22, resource: str = "seats") -> Measured:
    return Measured(resource, Decimal(quantity), day, key)


def charged(today: date) -> None:
    """Do what the night does, or whoever acts next: charge what was told."""
    run_billing_day(today=today)


def test_what_is_told_twice_is_charged_once(used: Subscription, acme: Account) -> None:
    assert record_usage(subscription=used, measured=[hours("a"), hours("b"), hours("a")], today=AUG22) == 2
    assert record_usage(subscription=used, measured=[hours("a"), hours("c", "61.25")], today=AUG22) == 1
    assert record_usage(subscription=used, measured=[hours("a")], today=AUG22) == 0
    charged(AUG22)
    charge = Charge.objects.get(source="usage")  # and none that was made for less
    assert (charge.quantity, charge.amount, charge.source) == (Decimal("261.25"), Decimal("3.14"), "usage")
    assert charge.price == used.plan.resources.get().prices.latest("pk")
    assert Usage.objects.count() == 3
    assert funds_of(acme).balance == Decimal("97.50") + Decimal("10.00") - Decimal("20.00") + Decimal("12.50")
    assert audit(today=AUG22) == []
    run_billing_day(today=date(2018, 9, 1))
    charge.refresh_from_db()
    assert (charge.status, charge.closed_on) == ("closed", date(2018, 9, 1))
    assert audit(today=date(2018, 9, 1)) == []


def test_a_fee_and_what_was_used_explain_themselves_without_days(used: Subscription) -> None:
    record_usage(subscription=used, measured=[hours("a", "261.25")], today=AUG22)
    charged(AUG22)
    fee, charge = Charge.objects.order_by("pk")
    assert explain_charge(fee).formula == "5 × $2.50 = $12.50"
    assert fee.description.startswith("Setup of ")
    told = explain_charge(charge)
    assert told.formula == "261.25 × $0.012 = $3.14"
    assert told.sentences == ["The plan's price valid from 01 Jan 2010."]
    assert "261.25 unit-hours" in charge.description


@pytest.mark.parametrize(
    ("measured", "field"),
    [
        (hours("a", resource="disks"), "measured[0].resource"),
        (hours("a", "0"), "measured[0].quantity"),
        (hours("a", "-1"), "measured[0].quantity"),
        (hours("a", "0.0000001"), "measured[0].quantity"),
        (hours("a", "NaN"), "measured[0].quantity"),
        (hours("a", day=date(2018, 8, 19)), "measured[0].day"),
        (hours("a", day=date(2018, 8, 23)), "measured[0].day"),
        (hours(""), "measured[0].key"),
        (hours("k" * 121), "measured[0].key"),
    ],
)
def test_what_cannot_be_charged_is_named(used: Subscription, measured: Measured, field: str) -> None:
    with pytest.raises(UsageRefused) as refusal:
        record_usage(subscription=used, measured=[measured], today=AUG22)
    assert refusal.value.field == field
    assert not Usage.objects.exists()


def test_nothing_is_used_of_what_is_not_there(used: Subscription, acme: Account) -> None:
    seats = make.subscription(account=acme, plan=make.plan(), today=ORDERED_ON)
    with pytest.raises(UsageRefused, match="not charged by what is used"):
        record_usage(subscription=seats, measured=[hours("a")], today=AUG22)
    delete(actor=SYSTEM, subscription=used, today=AUG22)
    with pytest.raises(UsageRefused, match="nothing of it can be used"):
        record_usage(subscription=used, measured=[hours("a")], today=AUG22)


def test_its_operations_say_what_they_mean(used: Subscription) -> None:
    with pytest.raises(TypeKeepsQuantities) as refusal:
        change_quantities(actor=SYSTEM, subscription=used, quantities={"seats": 9}, today=AUG22, now=make.noon(AUG22))
    assert refusal.value.field == "quantities"
    assert upkeep_of(used, AUG22) is None, "what will be used is not known"
    asked = propose_stop(actor=SYSTEM, subscription=used, today=AUG22, keep=True)
    assert (asked.question, asked.submit) == (
        f"Stop {used.name}? What was used is charged on the billing day.", "Stop",
    )  # fmt: skip
    again = propose_activation(actor=SYSTEM, subscription=used, today=AUG22)
    assert (again.question, again.submit) == (f"Activate {used.name}? What is used is charged.", "Activate")


def test_an_order_shows_its_fee_before_it_is_placed(acme: Account) -> None:
    plan = metered()
    seen = preview(lambda: make.order(account=acme, plan=plan, today=ORDERED_ON), account=acme, today=ORDERED_ON)
    assert (seen.due, seen.upkeep, [charge.type for charge in seen.added]) == (Decimal("12.50"), None, ["setup_fee"])


def test_a_fee_is_given_back_where_the_vendor_never_provided(acme: Account, example: VendorConnection) -> None:
    VendorConnection.objects.update(state=ConnectionState.GRANTED)
    example.refresh_from_db()
    subscription = make.subscription(account=acme, plan=metered(connection=example, offer="none"), today=ORDERED_ON)
    assert (funds_of(acme).balance, subscription.status) == (0, "installing")
    with pytest.raises(UsageRefused):
        record_usage(subscription=subscription, measured=[hours("a")], today=AUG22)
    work()
    cancel_failed_order(actor=SYSTEM, order=Order.objects.get(), today=AUG22)
    (charge,) = Charge.objects.all()
    assert (charge.status, charge.closed_on) == ("refunded", ORDERED_ON), "the day on which it was written off stays"
    with override("en"):
        assert "closed on 20 Aug 2018 and taken back on 22 Aug 2018" in explain_charge(charge).sentences[-1]
    entries = LedgerEntry.objects.filter(account=acme, book="account").order_by("number")
    assert [(entry.kind, entry.amount) for entry in entries] == [
        ("payment", Decimal("12.50")), ("charge", Decimal("-12.50")), ("reversal", Decimal("12.50")),
    ]  # fmt: skip
    assert audit(today=AUG22) == []


def test_the_units_of_a_stopped_one_are_counted_and_closed(used: Subscription) -> None:
    stop(actor=SYSTEM, subscription=used, today=AUG22)
    record_usage(subscription=used, measured=[hours("a")], today=AUG22)
    run_billing_day(today=date(2018, 9, 1))
    assert Charge.objects.get(source="usage").status == "closed"
    assert audit(today=date(2018, 9, 1)) == []


def test_a_days_tellings_leave_one_charge_and_none_that_is_deleted(used: Subscription, acme: Account) -> None:
    """Seen before: a Deleted charge for every telling but the last."""
    for hour in range(24):
        record_usage(subscription=used, measured=[hours(f"{hour}", "0.25")], today=AUG22)
    assert not Charge.objects.filter(source="usage").exists(), "charged by the night, or by whoever acts next"
    assert audit(today=AUG22) == [], "what waits to be charged is no fault"
    assert accounts_waiting(AUG22).get() == acme
    stop(actor=SYSTEM, subscription=used, today=AUG22)
    assert Charge.objects.values_list("quantity", "status").get(source="usage") == (6, "blocked")
    assert not accounts_waiting(AUG22).exists()
    record_usage(subscription=used, measured=[hours("next", "1", AUG22 + ONE_DAY)], today=AUG22 + ONE_DAY)
    charged(AUG22 + 2 * ONE_DAY)
    made = Charge.objects.filter(source="usage").values_list("quantity", "status", "created_on").order_by("pk")
    assert list(made) == [(6, "deleted", AUG22), (7, "blocked", AUG22 + ONE_DAY)]


def test_one_that_refuses_does_not_hold_up_the_others(used: Subscription, acme: Account) -> None:
    other = make.subscription(account=acme, plan=used.plan, today=ORDERED_ON)
    gone = make.subscription(account=acme, plan=used.plan, today=ORDERED_ON)
    delete(actor=SYSTEM, subscription=gone, today=AUG22)
    told = {pk: [hours("a", "1")] for pk in (used.pk, other.pk, gone.pk)}
    recorded = record_usage_of_many(told, today=AUG22)
    assert (recorded.fresh, {pk: no.code for pk, no in recorded.refused.items()}) == (2, {gone.pk: "usage_refused"})


def test_a_correction_takes_back_no_more_than_the_period_holds(used: Subscription) -> None:
    def corrected(key: str, quantity: str) -> Recorded:
        one = Measured("seats", Decimal(quantity), AUG22, key, corrects=True)
        return record_usage_of_many({used.pk: [one]}, today=AUG22)

    record_usage(subscription=used, measured=[hours("a", "10")], today=AUG22)
    assert (corrected("less", "-4").fresh, corrected("too much", "-7")) == (1, Recorded(left={used.pk}))
    charged(AUG22)
    assert Charge.objects.get(source="usage").quantity == 6
    assert audit(today=AUG22) == []
    assert corrected("all", "-6").fresh == 1
    charged(AUG22)
    assert not Charge.objects.filter(source="usage", status="blocked").exists()
    assert audit(today=AUG22) == []


def test_a_day_without_a_price_is_told_by_name(used: Subscription) -> None:
    """One subscription's plan must not stop what thousands are told of."""
    contract = replace(contract_of(used), prices={})
    with pytest.raises(UsageRefused, match="no price that is valid on that day") as refusal:
        _refuse_without_price(contract, used.resources.get().pk, AUG22, "measured[0].day")
    assert refusal.value.field == "measured[0].day"


def test_what_a_vendor_takes_is_charged_with_the_plans_markup(acme: Account) -> None:
    plan = make.plan(billing_type="payg_external", prices={"traffic": "0", "disks": "0"})
    period = plan.periods.get()
    set_plan_price(
        actor=SYSTEM, period=period, fees=PlanFees(markup=Decimal(15)), valid_from=make.EARLY, today=make.EARLY
    )
    quotas = {"traffic": 0, "disks": 0}
    cloud = make.subscription(account=acme, plan=plan, quantities=quotas, today=ORDERED_ON)

    def cost(key: str, cost: str | None, resource: str = "traffic", *, corrects: bool = False) -> Measured:
        amount = None if cost is None else Decimal(cost)
        return Measured(resource, Decimal(0), AUG22, key, corrects=corrects, cost=amount)

    told = [cost("a", "12.3456789012"), cost("b", "0.01"), cost("a", "7", "disks"), cost("a", "5")]
    assert record_usage(subscription=cloud, measured=told, today=AUG22) == 3
    charged(AUG22)
    traffic, disks = Charge.objects.filter(type="consumption").order_by("amount").reverse()
    assert (traffic.amount, traffic.quantity, traffic.exact_price) == (Decimal("14.21"), 1, Decimal("14.20903073638"))
    assert (disks.amount, disks.exact_price, disks.unit_price) == (Decimal("8.05"), None, Decimal("8.05"))
    assert explain_charge(traffic).sentences == ["The vendor took $12.3556789012; the plan's markup on it is 15 %."]
    assert not audit(today=AUG22)
    # A correction takes back no more than there is, and a line that says no cost is refused by name.
    less = record_usage_of_many(
        {cloud.pk: [cost("c", "-13", corrects=True), cost("d", "-2.3556789012", corrects=True)]}, today=AUG22
    )
    assert (less.fresh, less.left) == (1, {cloud.pk})
    with pytest.raises(UsageRefused, match=r"does not say what that is in USD") as refused:
        record_usage(subscription=cloud, measured=[cost("e", None)], today=AUG22)
    assert refused.value.field == "measured[0].cost"
    run_billing_day(today=date(2018, 9, 1))
    assert {(charge.status, str(charge.amount)) for charge in Charge.objects.exclude(status="deleted")} == {
        ("closed", "11.500"), ("closed", "8.050")
    }  # fmt: skip
    assert not audit(today=date(2018, 9, 1))
