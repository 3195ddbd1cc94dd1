"""Holds for those who are held: what the vendor does, what the customer may, who may hold whom."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import subscriptions
from accounts.actors import SYSTEM
from accounts.models import Account
from accounts.registration import AccountNotFound, hold_account, release_account
from billing.audit import audit
from billing.models import LedgerEntry, Payment
from billing.payments import complete_payment
from core.errors import Refused
from subscriptions.catalogue.products import Timers
from subscriptions.models import Plan, Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.changes import change_quantities
from subscriptions.people.opening import AccountOnHold
from subscriptions.people.paying import pay_order_from_balance
from subscriptions.people.stopping import activate, delete, stop
from subscriptions.simulation.playing import simulate
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import ORDERED_ON, work
from tests.subscriptions.holding import BILLING_DAY, DAY_AFTER, HELD_ON, limit_lowered, stands
from tests.subscriptions.simulation.test_playing import G_I3, on
from vendors.models import VendorConnection

pytestmark = pytest.mark.django_db


# --- the vendor


def test_the_vendor_suspends_and_resumes(running: Subscription, acme: Account) -> None:
    top_up(account=acme, amount="100", today=ORDERED_ON)
    hold_account(actor=SYSTEM, account=acme, today=ORDERED_ON)
    assert stands(running) == ("administrative_hold", "stopping", "administrative_hold")
    work()
    assert stands(running)[1:] == ("stopped", "administrative_hold")
    release_account(actor=SYSTEM, account=acme, today=ORDERED_ON)
    assert stands(running)[1:] == ("activating", "")
    work()
    assert stands(running)[1:] == ("active", "")


def test_what_the_vendor_works_on_follows_when_it_is_stable(ordered: Subscription, acme: Account) -> None:
    top_up(account=acme, amount="100", today=ORDERED_ON)
    hold_account(actor=SYSTEM, account=acme, today=ORDERED_ON)
    assert stands(ordered)[1:] == ("installing", "")
    run_billing_day(today=ORDERED_ON)
    assert stands(ordered)[1:] == ("installing", "")
    work()
    assert stands(ordered)[1:] == ("stopping", "administrative_hold")
    release_account(actor=SYSTEM, account=acme, today=ORDERED_ON)
    assert stands(ordered)[1:] == ("stopping", "administrative_hold")
    work()
    assert stands(ordered)[1:] == ("activating", "")
    work()
    assert stands(ordered)[1:] == ("active", "")


def test_at_the_vendor_grace_is_given_back_by_the_next_night(
    acme: Account, example: VendorConnection, backup_plan: Plan
) -> None:
    plan = make.plan(connection=example, months=1, timers=Timers(billing_day=1, grace_period=14))
    seats = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    top_up(account=acme, amount="500", today=ORDERED_ON)
    work()
    for verb, day in ((hold_account, date(2018, 9, 22)), (release_account, date(2018, 9, 25))):
        verb(actor=SYSTEM, account=acme, today=day)
        work(day)
    assert stands(seats)[1:] == ("active", "")
    run_billing_day(today=date(2018, 9, 26))
    assert stands(seats)[1:] == ("graced", "")


# --- what the customer may


def test_the_customer_is_told_what_to_pay_first(held: Subscription) -> None:
    owner = cast.customer_actor(account=held.account)
    common = {"actor": owner, "subscription": held, "today": HELD_ON}
    verbs: list[Callable[[], Any]] = [
        lambda: stop(**common),
        lambda: activate(**common),
        lambda: delete(**common),
        lambda: change_quantities(**common, quantities={"seats": 6}, now=make.noon(HELD_ON)),
    ]
    for verb in verbs:
        with pytest.raises(AccountOnHold) as refusal:
            verb()
        assert str(refusal.value) == "The account is on credit hold. Top up the balance by $29.35 to leave it."
    hold_account(actor=SYSTEM, account=held.account, today=HELD_ON)
    for verb in verbs:
        with pytest.raises(AccountOnHold, match="Administrative hold"):
            verb()
    assert stands(held)[1:] == ("stopped", "credit_hold")


def test_an_order_on_hold_asks_for_the_debt_too(held: Subscription, plan: Plan) -> None:
    """One seat for 24 of 30 days is 8.00. Money clears the debt first, whatever it was sent for."""
    order = make.order(account=held.account, plan=plan, today=HELD_ON, quantities={"seats": 1})
    debt, for_order = Payment.objects.filter(status="waiting_for_payment").order_by("pk")
    assert [(debt.kind, debt.amount), (for_order.kind, for_order.amount)] == [
        ("top_up", Decimal("29.35")), ("order", Decimal("8.00")),
    ]  # fmt: skip
    with pytest.raises(AccountOnHold):
        pay_order_from_balance(actor=SYSTEM, order=order, today=HELD_ON)
    complete_payment(actor=SYSTEM, payment=for_order, today=HELD_ON)
    order.refresh_from_db()
    assert (order.status, stands(held)[0]) == ("waiting_for_payment", "credit_hold")
    complete_payment(actor=SYSTEM, payment=debt, today=HELD_ON)
    assert stands(held) == ("active", "active", "")
    again = Payment.objects.get(order=order, status="waiting_for_payment")
    assert again.amount == Decimal("8.00")
    complete_payment(actor=SYSTEM, payment=again, today=HELD_ON)
    order.refresh_from_db()
    assert order.status == "completed"
    assert audit(today=HELD_ON) == []


def test_a_paid_order_waits_for_what_the_debt_took(seats: Subscription, plan: Plan) -> None:
    """Limit 10.00, balance -21.02; an order of 19.33 leaves the hold, and lacks the 11.02 that the debt took."""
    run_billing_day(today=BILLING_DAY)
    limit_lowered(seats.account)
    order = make.order(account=seats.account, plan=plan, today=DAY_AFTER, quantities={"seats": 2})
    complete_payment(actor=SYSTEM, payment=Payment.objects.get(order=order), today=DAY_AFTER)
    order.refresh_from_db()
    assert (order.status, stands(seats)[0]) == ("waiting_for_payment", "active")
    assert Payment.objects.get(order=order, status="waiting_for_payment").amount == Decimal("11.02")


def test_a_payment_does_not_carry_out_an_order_on_administrative_hold(acme: Account, plan: Plan) -> None:
    order = make.order(account=acme, plan=plan, today=ORDERED_ON)
    hold_account(actor=SYSTEM, account=acme, today=ORDERED_ON)
    complete_payment(actor=SYSTEM, payment=Payment.objects.get(), today=ORDERED_ON)
    order.refresh_from_db()
    assert (order.status, Payment.objects.count()) == ("waiting_for_payment", 1)
    release_account(actor=SYSTEM, account=acme, today=ORDERED_ON)
    assert pay_order_from_balance(actor=SYSTEM, order=order, today=ORDERED_ON).status == "completed"


@pytest.mark.parametrize("verb", [hold_account, release_account])
def test_another_resellers_manager_holds_and_releases_nobody(seats: Subscription, verb: Callable[..., Account]) -> None:
    stranger = cast.manager_actor(reseller=cast.reseller())
    with pytest.raises(AccountNotFound):
        verb(actor=stranger, account=seats.account, today=HELD_ON)
    with pytest.raises(Refused):
        verb(actor=cast.customer_actor(account=seats.account), account=seats.account, today=HELD_ON)
    # Not even the nights that were due were carried out for them.
    assert LedgerEntry.objects.count() == 0
    assert stands(seats) == ("active", "active", "")


# --- what acts write off


PLANS = {"big": {"resources": [{"key": "desks", "price": "12"}]}}
ANNUAL = {"billing_type": "csp_annual", "period": {"months": 2}}


@pytest.mark.parametrize(
    ("deed", "terms"),
    [
        (on("2018-08-25", "stop"), {}),
        (on("2018-08-25", "delete"), {}),
        (on("2018-08-25", "change", quantities={"seats": 2}), {}),
        (on("2018-08-25", "change", quantities={"seats": 2, "rooms": 9}, pay="later"), {}),
        (on("2018-08-25", "switch", plan="big", quantities={"desks": 1}), {"plans": PLANS}),
        (on("2018-08-25", "close_charges"), ANNUAL),
    ],
    ids=lambda one: f"{one['do']} {one.get('pay', '')}" if "do" in one else "",
)
def test_whatever_takes_the_balance_below_its_limit_holds_the_account_on_its_day(
    deed: dict[str, Any], terms: dict[str, Any]
) -> None:
    """The limit was lowered below what is reserved; what is written off of that does not wait for the night.

    Seen before: the other subscription ran, and was charged, for a day more.
    """
    events = [
        on("2018-08-20", "top_up", amount="1"),
        *(
            on("2018-08-20", "order", quantities={"seats": 5}, subscription=name, pay="balance")
            for name in ("main", "other")
        ),
        on("2018-08-24", "limit", credit_limit="0"),
    ]
    resources = [{"key": "seats", "price": "10.00"}, {"key": "rooms", "price": "1.00"}]
    history = {**G_I3, **terms, "credit_limit": "700", "resources": resources}
    before = simulate({**history, "events": events, "until": "2018-08-25"})
    assert [row["status"] for row in before["subscriptions"]] == ["active", "active"]
    then = simulate({**history, "events": [*events, deed], "until": "2018-08-25"})
    assert then["refused"] == []
    assert Decimal(then["balance"]) < 0
    assert then["subscriptions"][1]["status"] == "stopped"
    closed = [(row["to"], row["closed_on"]) for row in then["charges"] if row["subscription"] == "other"]
    assert ("2018-08-25", "2018-08-25") in closed
    assert "credit_hold" in str(then["notifications"]), "the customer is told"


# They book New lines, which reserve nothing; what is paid of them goes through `people.paying`.
ONLY_NEW = {"ordering", "renewal", "switching"}


def test_every_module_that_writes_off_looks_at_the_hold() -> None:
    booking = {
        path.stem: path.read_text(encoding="utf-8")
        for folder in ("people", "workers")
        for path in (Path(subscriptions.__file__).parent / folder).glob("*.py")
        if re.search(r"\brecord\(", path.read_text(encoding="utf-8"))
    }
    assert {"closing", "paying", "provisioning", "stopping"} <= booking.keys()
    looking = re.compile(r"\b(hold_as_the_balance_says|renew_accounts)\(")
    assert {stem for stem, text in booking.items() if not looking.search(text)} == ONLY_NEW
