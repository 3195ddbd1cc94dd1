"""Placing and cancelling orders."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM, Forbidden
from accounts.models import AccessLevel, Account, AccountStatus, Role
from billing.funds import funds_of
from billing.models import Charge, Payment
from notifications.models import Notification
from subscriptions.catalogue.delegation import deactivate_plan
from subscriptions.models import Order, Plan, Subscription
from subscriptions.people.ordering import (
    AccountMayNotOrder,
    OrderIsNotWaiting,
    PlanNotForSale,
    SingletonTaken,
    cancel_order,
    place_order,
)
from subscriptions.people.quantities import QuantityNotAllowed
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import pay
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db


def test_an_order_waits_with_one_new_charge_and_its_payment(acme: Account, plan: Plan) -> None:
    order = make.order(account=acme, plan=plan, today=ORDERED_ON)

    charge = Charge.objects.get()
    assert (charge.status, charge.amount, charge.quantity) == ("new", Decimal("19.35"), 5)
    assert (charge.operate_from, charge.operate_to) == (ORDERED_ON, date(2018, 9, 1))
    payment = Payment.objects.get()
    assert (payment.status, payment.amount, payment.order) == ("waiting_for_payment", Decimal("19.35"), order)
    assert (order.status, order.total) == ("waiting_for_payment", Decimal("19.35"))
    assert order.subscription.status == "ordered"
    assert order.subscription.name == plan.name
    item = order.items.get()
    assert (item.quantity_before, item.quantity_after, item.unit_price) == (0, 5, Decimal(10))


def test_the_customer_is_told_of_the_order(acme: Account, plan: Plan) -> None:
    order = make.order(account=acme, plan=plan, today=ORDERED_ON)
    assert [row.subject for row in Notification.objects.all()] == [f"Order {order.number} is placed"]


def test_a_paid_order_runs(acme: Account, plan: Plan) -> None:
    order = make.order(account=acme, plan=plan, today=ORDERED_ON)
    pay(order=order, today=ORDERED_ON)

    order.refresh_from_db()
    subscription = Subscription.objects.get()
    assert (order.status, order.paid_on, order.closed_on) == ("completed", ORDERED_ON, ORDERED_ON)
    assert (subscription.status, subscription.start_date, subscription.quantity) == ("active", ORDERED_ON, 5)
    assert subscription.next_billing_day == subscription.due_on == date(2018, 9, 1)
    assert funds_of(acme).blocked == Decimal("19.35")
    assert funds_of(acme).available == 0


def test_an_order_of_nothing_due_runs_at_once(acme: Account) -> None:
    free = make.plan(prices={"seats": "0"})
    order = make.order(account=acme, plan=free, today=ORDERED_ON)
    assert order.status == "completed"
    assert not Payment.objects.exists()
    assert Charge.objects.get().status == "blocked"


def test_included_units_are_not_charged(acme: Account) -> None:
    """G-D5: included 10, minimum 15: 15 are ordered, 5 are paid for."""
    plan = make.plan(bounds={"seats": {"included": 10, "minimum": 15}})
    with pytest.raises(QuantityNotAllowed) as refusal:
        make.order(account=acme, plan=plan, today=date(2018, 9, 1), quantities={"seats": 14})
    assert refusal.value.field == "quantities.seats"
    assert str(refusal.value) == "Seats: at least 15."

    subscription = make.subscription(account=acme, plan=plan, today=date(2018, 9, 1), quantities={})
    assert subscription.quantity == 15
    assert Charge.objects.get().quantity == 5
    assert Charge.objects.get().amount == Decimal("50.00")


@pytest.mark.parametrize(
    ("quantities", "field", "sentence"),
    [
        ({"seats": 0}, "quantities", "Nothing is ordered: enter a quantity of at least one."),
        ({"seats": 21}, "quantities.seats", "Seats: at most 20."),
        ({"chairs": 1}, "quantities.chairs", "The plan has no resource “chairs”."),
        ({"seats": -1}, "quantities.seats", "Seats: at least 0."),
    ],
)
def test_quantities_outside_the_plan_are_refused(
    acme: Account, quantities: dict[str, int], field: str, sentence: str
) -> None:
    plan = make.plan(bounds={"seats": {"limit": 20}})
    with pytest.raises(QuantityNotAllowed) as refusal:
        make.order(account=acme, plan=plan, today=ORDERED_ON, quantities=quantities)
    assert (refusal.value.field, str(refusal.value)) == (field, sentence)
    assert not Subscription.objects.exists()


def test_a_plan_that_is_not_for_sale_is_refused(acme: Account, plan: Plan) -> None:
    deactivate_plan(actor=SYSTEM, plan=plan)
    with pytest.raises(PlanNotForSale) as refusal:
        make.order(account=acme, plan=plan, today=ORDERED_ON)
    assert refusal.value.field == "plan"


def test_a_plan_of_another_reseller_is_refused(acme: Account) -> None:
    foreign = make.plan(reseller=cast.reseller())
    with pytest.raises(PlanNotForSale):
        make.order(account=acme, plan=foreign, today=ORDERED_ON)


def test_a_period_of_another_plan_is_refused(acme: Account, plan: Plan) -> None:
    other = make.plan(months=12)
    with pytest.raises(PlanNotForSale) as refusal:
        place_order(
            actor=SYSTEM,
            account=acme,
            plan=plan,
            period=other.periods.get(),
            quantities={"seats": 1},
            today=ORDERED_ON,
            now=make.noon(ORDERED_ON),
        )
    assert refusal.value.field == "period"


def test_a_singleton_is_had_once(acme: Account) -> None:
    single = make.plan(singleton=True)
    first = make.order(account=acme, plan=single, today=ORDERED_ON)
    with pytest.raises(SingletonTaken):
        make.order(account=acme, plan=single, today=ORDERED_ON)
    cancel_order(actor=SYSTEM, order=first, today=ORDERED_ON)
    assert make.order(account=acme, plan=single, today=ORDERED_ON).status == "waiting_for_payment"


def test_an_account_on_hold_orders_nothing(acme: Account, plan: Plan) -> None:
    acme.status = AccountStatus.ADMINISTRATIVE_HOLD
    acme.save(update_fields=["status"])
    with pytest.raises(AccountMayNotOrder):
        make.order(account=acme, plan=plan, today=ORDERED_ON)


def test_the_same_key_is_the_same_order(acme: Account, plan: Plan) -> None:
    first = make.order(account=acme, plan=plan, today=ORDERED_ON, idempotency_key="click")
    again = make.order(account=acme, plan=plan, today=ORDERED_ON, idempotency_key="click")
    assert first.pk == again.pk
    assert Order.objects.count() == Payment.objects.count() == Charge.objects.count() == 1


def test_the_same_key_of_another_account_is_another_order(acme: Account, plan: Plan) -> None:
    make.order(account=acme, plan=plan, today=ORDERED_ON, idempotency_key="click")
    make.order(account=cast.account(), plan=plan, today=ORDERED_ON, idempotency_key="click")
    assert Order.objects.count() == 2


def test_a_cancelled_order_leaves_nothing_open(acme: Account, plan: Plan) -> None:
    order = make.order(account=acme, plan=plan, today=ORDERED_ON)
    cancelled = cancel_order(actor=SYSTEM, order=order, today=ORDERED_ON)
    assert (cancelled.status, cancelled.closed_on) == ("cancelled", ORDERED_ON)
    assert Payment.objects.get().status == "cancelled"
    assert Charge.objects.get().status == "deleted"
    assert Subscription.objects.get().status == "deleted"


def test_a_paid_order_is_not_cancelled(acme: Account, plan: Plan) -> None:
    order = make.order(account=acme, plan=plan, today=ORDERED_ON)
    pay(order=order, today=ORDERED_ON)
    with pytest.raises(OrderIsNotWaiting):
        cancel_order(actor=SYSTEM, order=order, today=ORDERED_ON)


@pytest.mark.parametrize("level", [AccessLevel.OWNER, AccessLevel.ADMIN])
def test_owner_and_admin_of_the_account_may_order(acme: Account, plan: Plan, level: str) -> None:
    buyer = cast.customer_actor(account=acme, access_level=level)
    order = _ordered_by(buyer, acme, plan)
    assert order.created_by == buyer.user


def test_a_mere_user_may_not_order(acme: Account, plan: Plan) -> None:
    with pytest.raises(Forbidden):
        _ordered_by(cast.customer_actor(account=acme, access_level=AccessLevel.USER), acme, plan)


def test_a_stranger_may_not_order_for_the_account(acme: Account, plan: Plan) -> None:
    south = cast.manager_actor(reseller=cast.reseller(), role=Role.ADMIN)
    with pytest.raises(Forbidden):
        _ordered_by(south, acme, plan)
    with pytest.raises(Forbidden):
        _ordered_by(cast.customer_actor(account=cast.account()), acme, plan)
    assert not Order.objects.exists()


def test_a_customer_orders_only_public_plans(acme: Account) -> None:
    hidden = make.plan(public=False)
    with pytest.raises(PlanNotForSale):
        _ordered_by(cast.customer_actor(account=acme), acme, hidden)
    assert _ordered_by(cast.manager_actor(), acme, hidden).status == "waiting_for_payment"


def _ordered_by(actor: object, account: Account, plan: Plan) -> Order:
    return place_order(
        actor=actor,
        account=account,
        plan=plan,
        period=plan.periods.get(),
        quantities={"seats": 5},
        today=ORDERED_ON,
        now=make.noon(ORDERED_ON),
    )
