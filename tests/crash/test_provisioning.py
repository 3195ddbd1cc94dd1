"""A worker killed by SIGKILL at every boundary of every vendor call: one customer, one order, one charge, by itself.

Nothing in these tests tries again: the supervisor brings a worker back, and beat's sweep finds what was left.
"""

import os
import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import product
from typing import Any

import pytest
from django.utils import timezone

from accounts.actors import SYSTEM
from billing.audit import audit
from billing.models import Charge, Payment
from core.secrets import decrypt
from subscriptions.models import Order, SubscriptionStatus
from subscriptions.people.changes import change_quantities
from subscriptions.people.stopping import stop
from tests.crash.conftest import DAY, Stage
from tests.crash.proxy import Moment, Trap
from tests.factories.billing import pay, top_up
from tests.factories.subscriptions import noon
from vendors.models import OperationState, VendorConnection, VendorOperation
from vendors.settling import it_is_not

# The calls of provisioning in their order; test_these_are_all_calls_of_provisioning keeps the list complete.
CHANGING = {
    "create the customer": r"POST /partnercenter/v1/customers$",
    "confirm the agreement": r"POST .*/agreements$",
    "place the order": r"POST .*/orders$",
}
READING = {
    "is the domain taken": r"HEAD .*/domains/",
    "rules of the country": r"GET .*/countryvalidationrules/",
    "check the address": r"POST .*/validations/address$",
    "agreements of the customer": r"GET .*/customers/[^/]+/agreements\?",
    "agreement templates": r"GET /partnercenter/v1/agreements\?",
    "the offer": r"GET .*/offers/",
    "is it provisioned": r"GET .*/provisioningstatus$",
    "the subscription": r"GET .*/subscriptions/[^/]+$",
}
IN_ORDER = (
    "is the domain taken", "rules of the country", "check the address", "create the customer",
    "agreements of the customer", "agreement templates", "confirm the agreement", "the offer", "place the order",
    "is it provisioned", "the subscription",  # what is arranged for the end of its term
    "the subscription",
)  # fmt: skip
# What is asked when the answer to the order was lost, after the worker is back.
PROBING = {
    "is the domain taken": READING["is the domain taken"],
    "customers with the domain": r"GET .*/customers\?",
    "the customer": r"GET .*/customers/[^/?]+$",
    "orders of the customer": r"GET .*/customers/[^/]+/orders$",
    "is it provisioned": READING["is it provisioned"],
    "the subscription": READING["the subscription"],
}
EVERYTHING = bool(os.environ.get("PROVE"))
# An order that never reached Microsoft is not sent anew on this road: an operator looks at the evidence (decision 69).
LEFT_TO_AN_OPERATOR = {("place the order", Moment.BEFORE)}


def some_of(cases: Iterable[Any], step: int = 2) -> list[Any]:
    """Return every second case, which comes before or after each other one; all of them for `make prove`."""
    return list(cases) if EVERYTHING else list(cases)[::step]


# The hardest: what was asked for is done, and nobody has heard of it.
MOMENTS = list(Moment) if EVERYTHING else [Moment.COMMITTED]


def test_these_are_all_calls_of_provisioning(stage: Stage):
    stage.provision(stage.ordered())
    patterns = CHANGING | READING
    assert len(stage.watch.calls) == len(IN_ORDER)
    assert [bool(re.search(patterns[name], call)) for name, call in zip(IN_ORDER, stage.watch.calls, strict=True)] == (
        [True] * len(IN_ORDER)
    )


@pytest.mark.slow
@pytest.mark.prove
@pytest.mark.parametrize(
    ("call", "moment"), [case for case in some_of(product(CHANGING, Moment)) if case not in LEFT_TO_AN_OPERATOR]
)
def test_a_worker_killed_at_a_call_that_changes_something_does_it_once(stage: Stage, call: str, moment: Moment):
    provisioned_once(stage, Trap(CHANGING[call], moment))


@pytest.mark.slow
@pytest.mark.prove
@pytest.mark.parametrize(("call", "moment"), sorted(LEFT_TO_AN_OPERATOR))
def test_what_never_reached_microsoft_is_sent_once_more_when_an_operator_says_so(
    stage: Stage, call: str, moment: Moment
):
    order = stage.ordered()
    before = stage.microsoft.counts()["orders"]
    stage.watch.arm(Trap(CHANGING[call], moment))
    pay(order=order, today=DAY)
    asked = VendorOperation.objects.filter(subject=f"order:{order.pk}")
    stage.until(lambda: asked.get().parked is not None, "an operator is asked")
    assert (stage.watch.kills, stage.microsoft.counts()["orders"]) == (1, before)
    it_is_not(actor=SYSTEM, operation=asked.get(), now=timezone.now())
    stage.until_completed(order)
    assert stage.microsoft.counts()["orders"] == before + 1
    assert at_microsoft(stage, order) == [(5, "active")]
    assert charges(order) == [("blocked", 5, to_the_first(5))]


@pytest.mark.slow
@pytest.mark.prove
@pytest.mark.parametrize("call", some_of(READING, 4))
def test_a_worker_killed_before_a_call_that_reads_goes_on(stage: Stage, call: str):
    # Once a read is sent nothing has changed until the next call is: that one's case is this one's "after the answer".
    provisioned_once(stage, Trap(READING[call], Moment.BEFORE))


@pytest.mark.slow
def test_a_worker_killed_between_the_last_answer_and_the_books_goes_on(stage: Stage):
    provisioned_once(stage, Trap(READING["the subscription"], Moment.ANSWERED))


@pytest.mark.slow
@pytest.mark.prove
@pytest.mark.parametrize("call", some_of(PROBING, 4))
def test_a_worker_killed_while_it_probes_a_lost_answer_probes_again(stage: Stage, call: str):
    lost = Trap(CHANGING["place the order"], Moment.COMMITTED)
    provisioned_once(stage, lost, Trap(PROBING[call], Moment.BEFORE))


@pytest.mark.slow
@pytest.mark.prove
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_worker_killed_while_it_renews_the_token_renews_it_again(stage: Stage, moment: Moment):
    provisioned_once(stage, Trap(r"POST /login/.*/token$", moment), meanwhile=stage.expire_token)
    assert {"access_token", "refresh_token"} <= set(decrypt(VendorConnection.objects.get().secrets))


@pytest.mark.slow
def test_a_worker_killed_at_every_changing_call_in_turn_still_ends_with_one_of_each(stage: Stage):
    provisioned_once(stage, *(Trap(pattern, Moment.COMMITTED) for pattern in CHANGING.values()))


@pytest.mark.slow
@pytest.mark.prove
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_worker_killed_while_it_raises_raises_once(stage: Stage, moment: Moment):
    order = stage.provision(stage.ordered())
    top_up(account=order.account, amount="100.00", today=DAY)
    stage.watch.arm(Trap(r"PATCH .*/subscriptions/[^/]+$", moment))
    raised = change_quantities(
        actor=SYSTEM,
        subscription=stage.subscription(order),
        quantities={"seats": 8},
        today=DAY,
        now=noon(DAY),
        pay_from_balance=True,
    )
    stage.until_completed(raised)
    assert stage.watch.kills == 1
    assert at_microsoft(stage, order) == [(8, "active")]
    assert charges(order) == [("blocked", 5, to_the_first(5)), ("blocked", 3, to_the_first(3))]


@pytest.mark.slow
@pytest.mark.prove
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_worker_killed_while_it_stops_stops_once(stage: Stage, moment: Moment):
    order = stage.provision(stage.ordered())
    stage.watch.arm(Trap(r"PATCH .*/subscriptions/[^/]+$", moment))
    stop(actor=SYSTEM, subscription=stage.subscription(order), today=DAY)
    stage.until(lambda: stage.subscription(order).status == SubscriptionStatus.STOPPED, "the subscription is stopped")
    assert stage.watch.kills == 1
    assert at_microsoft(stage, order) == [(5, "suspended")]
    # The day of the stop is not charged: the whole of it is opened for who activates again.
    assert charges(order) == [("deleted", 5, to_the_first(5)), ("opened", 5, to_the_first(5))]


def provisioned_once(stage: Stage, *traps: Trap, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Provision an order with the traps, and say that each has killed and that everything was done once.

    `meanwhile` happens between order and payment.
    """
    order = stage.ordered()
    meanwhile()
    before = stage.microsoft.counts()
    stage.provision(order, *traps)
    after = stage.microsoft.counts()
    assert stage.watch.kills == len(traps)
    made = {name: after[name] - before[name] for name in ("customers", "agreements", "orders", "subscriptions")}
    assert made == {"customers": 1, "agreements": 1, "orders": 1, "subscriptions": 1}
    subscription = stage.subscription(order)
    assert (subscription.status, subscription.quantity, subscription.awaited_operation) == ("active", 5, "")
    assert charges(order) == [("blocked", 5, to_the_first(5))]
    assert Payment.objects.get(order=order).status == "completed"
    operation = VendorOperation.objects.get(subject=f"order:{order.pk}")
    assert operation.state == OperationState.CONFIRMED
    assert at_microsoft(stage, order) == [(5, "active")]
    assert audit(today=DAY) == []


def to_the_first(seats: int) -> Decimal:
    """Return what so many seats at 10.00 a month cost from DAY to the billing day, the first of the next month."""
    first = DAY.replace(day=1)
    coming = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    share = Decimal(10 * seats * (coming - DAY).days) / Decimal((coming - first).days)
    return share.quantize(Decimal("0.01"), ROUND_HALF_UP)


def charges(order: Order) -> list[tuple[str, int, Decimal]]:
    """Return the charges of the order's subscription in the order in which they were made."""
    made = Charge.objects.filter(subscription=order.subscription_id).order_by("pk")
    return list(made.values_list("status", "quantity", "amount"))


def at_microsoft(stage: Stage, order: Order) -> list[tuple[int, str]]:
    """Return quantity and status of the subscriptions that Microsoft keeps for the order's customer."""
    customer = stage.subscription(order).vendor_ids["customer_id"]
    rows = stage.microsoft.world.store.all(f"subscription:{customer}")
    return [(row["quantity"], row["status"]) for row in rows]
