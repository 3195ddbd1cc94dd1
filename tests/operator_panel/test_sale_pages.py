"""Ordering, changing, stopping, activating, deleting, paying: what is shown before is what is charged then."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from billing.models import Charge, Payment
from subscriptions.models import Order, Plan, Subscription
from tests.factories import subscriptions as make
from tests.operator_panel.conftest import errors_of, text_of

pytestmark = pytest.mark.django_db

Line = tuple[str, str, int, Decimal, date, date]


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def shown(answer: object) -> list[Line]:
    """Return the charges of a confirmation."""
    assert answer.status_code == 200, answer.context["form"].errors
    return sorted(_line(charge) for charge in answer.context["charges"])


def books() -> dict[int, Line]:
    return {charge.pk: _line(charge) for charge in Charge.objects.all()}


def moved(before: dict[int, Line]) -> list[Line]:
    """Return the charges that are new or have another status than before."""
    return sorted(line for pk, line in books().items() if before.get(pk) != line)


def _line(charge: Charge) -> Line:
    return (
        charge.description,
        str(charge.status),
        charge.quantity,
        charge.amount,
        charge.operate_from,
        charge.operate_to,
    )


def confirm(client: Client, address: str, **answers: object) -> tuple[list[Line], list[Line], object]:
    """Return the charges shown before, those that came of it, and the answer."""
    asked = client.post(address, answers) if answers else client.get(address)
    before = books()
    seen = shown(asked)
    assert books() == before
    carried = {bound.name: bound.value() for bound in asked.context["form"] if bound.value() is not None}
    answer = client.post(address, {**carried, "confirmed": "yes"})
    assert answer.status_code == 302, answer.context["form"].errors
    return seen, moved(before), answer


def test_order_charges_what_was_shown(client: Client, rich: Account, plan: Plan) -> None:
    address = page("account_order_plan", rich.pk, plan.pk)
    period = plan.periods.get().pk
    seen, charged, answer = confirm(client, address, period=period, **{"quantities.seats": 3}, key="k1")
    order = Order.objects.get()
    assert (seen, answer.url) == (charged, page("order", order.pk))
    assert [line[2] for line in seen] == [3]
    assert (order.status, order.items.get().quantity_after) == ("waiting_for_payment", 3)


def test_order_sent_twice_is_one_order(client: Client, rich: Account, plan: Plan) -> None:
    address = page("account_order_plan", rich.pk, plan.pk)
    given = {"period": plan.periods.get().pk, "quantities.seats": 3, "key": "k1", "confirmed": "yes"}
    assert client.post(address, given).url == client.post(address, given).url
    assert Order.objects.count() == 1


def test_order_beyond_the_limit_is_refused_at_the_quantity(client: Client, rich: Account) -> None:
    plan = make.plan(bounds={"seats": {"minimum": 2, "limit": 10}})
    address = page("account_order_plan", rich.pk, plan.pk)
    answer = client.post(address, {"period": plan.periods.get().pk, "quantities.seats": 11, "key": "k"})
    assert errors_of(answer) == {"quantities.seats": ["Ensure this value is less than or equal to 10."]}


def test_order_beyond_what_the_vendor_sells_is_refused_at_the_quantity(client: Client, rich: Account) -> None:
    plan = make.plan()
    plan.template.resources.update(vendor_maximum=4)
    address = page("account_order_plan", rich.pk, plan.pk)
    answer = client.post(address, {"period": plan.periods.get().pk, "quantities.seats": 5, "key": "k"})
    assert errors_of(answer) == {"quantities.seats": ["Seats: at most 4."]}


def test_order_for_an_account_on_hold_is_refused(client: Client, rich: Account, plan: Plan) -> None:
    rich.status = "administrative_hold"
    rich.save()
    answer = client.post(
        page("account_order_plan", rich.pk, plan.pk),
        {"period": plan.periods.get().pk, "quantities.seats": 1, "key": "k"},
    )
    assert list(errors_of(answer)) == ["__all__"]


def test_raise_charges_what_was_shown(client: Client, subscription: Subscription) -> None:
    address = page("subscription_change", subscription.pk)
    answers = {"quantities.seats": 8, "pay_from_balance": "on", "key": "k2"}
    seen, charged, _answer = confirm(client, address, **answers)
    assert seen == charged
    subscription.refresh_from_db()
    assert subscription.quantity == 8


def test_lowering_charges_what_was_shown(client: Client, subscription: Subscription) -> None:
    address = page("subscription_change", subscription.pk)
    seen, charged, _answer = confirm(client, address, **{"quantities.seats": 2, "pay_from_balance": "on", "key": "k3"})
    assert seen == charged
    subscription.refresh_from_db()
    assert subscription.quantity == 2


def test_raise_without_money_says_how_much_is_missing(client: Client, acme: Account, plan: Plan, today: date) -> None:
    subscription = make.subscription(account=acme, plan=plan, today=today)
    answer = client.post(
        page("subscription_change", subscription.pk), {"quantities.seats": 99, "pay_from_balance": "on", "key": "k"}
    )
    assert "more are needed. Top up the balance first." in errors_of(answer)["__all__"][0]
    assert 'value="99"' in answer.content.decode()


def test_change_to_the_same_is_refused(client: Client, subscription: Subscription) -> None:
    answer = client.post(page("subscription_change", subscription.pk), {"quantities.seats": 5, "key": "k"})
    assert list(errors_of(answer)) == ["__all__"]


def test_stop_and_activation_charge_what_was_shown(client: Client, subscription: Subscription) -> None:
    seen, charged, _answer = confirm(client, page("subscription_stop", subscription.pk), comment="asked for it")
    assert seen == charged
    subscription.refresh_from_db()
    assert (subscription.status, subscription.stop_comment) == ("stopped", "asked for it")
    assert "stopped: by hand" in text_of(client.get(page("subscription", subscription.pk)))
    seen, charged, _answer = confirm(client, page("subscription_activate", subscription.pk))
    assert seen == charged
    subscription.refresh_from_db()
    assert subscription.status == "active"


def test_activation_of_an_active_subscription_says_why_not(client: Client, subscription: Subscription) -> None:
    answer = client.get(page("subscription_activate", subscription.pk))
    assert list(errors_of(answer)) == ["__all__"]


def test_deletion_charges_what_was_shown(client: Client, subscription: Subscription) -> None:
    seen, charged, _answer = confirm(client, page("subscription_delete", subscription.pk))
    assert seen == charged
    subscription.refresh_from_db()
    assert subscription.status == "deleted"


def test_buttons_are_those_that_the_status_allows(client: Client, subscription: Subscription) -> None:
    buttons = client.get(page("subscription", subscription.pk)).context["page"].buttons
    assert [str(button.label) for button in buttons] == ["Change quantities", "Stop", "Delete"]
    assert [button.primary for button in buttons] == [True, False, False]


def test_retry_of_what_has_not_failed_is_refused(client: Client, subscription: Subscription) -> None:
    answer = client.post(page("subscription_retry", subscription.pk), {"confirmed": "yes"})
    assert errors_of(answer) == {"__all__": ["Nothing has failed here: there is nothing to try again."]}


def test_waiting_order_is_cancelled(client: Client, rich: Account, plan: Plan, today: date) -> None:
    order = make.order(account=rich, plan=plan, today=today)
    seen, charged, _answer = confirm(client, page("order_cancel", order.pk))
    assert seen == charged
    order.refresh_from_db()
    assert order.status == "cancelled"


def test_waiting_order_is_paid_from_the_balance(client: Client, rich: Account, plan: Plan, today: date) -> None:
    order = make.order(account=rich, plan=plan, today=today)
    seen, charged, _answer = confirm(client, page("order_pay", order.pk))
    assert seen == charged
    order.refresh_from_db()
    assert order.status == "completed"


def test_order_is_not_paid_from_an_empty_balance(client: Client, acme: Account, plan: Plan, today: date) -> None:
    order = make.order(account=acme, plan=plan, today=today)
    answer = client.get(page("order_pay", order.pk))
    assert "more are needed. Top up the balance first." in errors_of(answer)["__all__"][0]


def test_order_that_has_not_failed_is_not_given_up(client: Client, subscription: Subscription) -> None:
    answer = client.get(page("order_give_up", subscription.orders.get().pk))
    assert "has not failed: it cannot be given up." in errors_of(answer)["__all__"][0]


def test_payment_of_an_order_is_approved(client: Client, acme: Account, plan: Plan, today: date) -> None:
    order = make.order(account=acme, plan=plan, today=today)
    payment = order.payments.get()
    seen, charged, answer = confirm(client, page("payment_approve", payment.pk), method="card")
    payment.refresh_from_db()
    order.refresh_from_db()
    assert seen == charged
    assert (answer.url, payment.status, payment.method) == (page("payment", payment.pk), "completed", "card")
    assert (order.status, order.subscription.status) == ("completed", "active")


def test_payment_is_not_approved_twice(client: Client, subscription: Subscription) -> None:
    payment = subscription.orders.get().payments.get()
    answer = client.post(page("payment_approve", payment.pk), {"method": "card", "confirmed": "yes"})
    assert list(errors_of(answer)) == ["__all__"]


def test_top_up_is_created_for_a_chosen_account_and_cancelled(client: Client, acme: Account) -> None:
    answer = client.post(page("payment_create"), {"account": acme.pk, "amount": "20"})
    payment = Payment.objects.get()
    assert answer.url == page("payment", payment.pk)
    client.post(page("payment_cancel", payment.pk), {"confirmed": "yes"})
    payment.refresh_from_db()
    assert payment.status == "cancelled"


def test_payment_of_an_order_is_not_cancelled_alone(client: Client, acme: Account, plan: Plan, today: date) -> None:
    payment = make.order(account=acme, plan=plan, today=today).payments.get()
    answer = client.post(page("payment_cancel", payment.pk), {"confirmed": "yes"})
    assert list(errors_of(answer)) == ["__all__"]


def test_charge_opens_to_its_formula(client: Client, subscription: Subscription) -> None:
    charge = subscription.charges.order_by("pk").first()
    days, period = (charge.operate_to - charge.operate_from).days, (charge.period_to - charge.period_from).days
    said = text_of(client.get(page("charge", charge.pk)))
    assert f"5 × 10 × {days} of {period} days = {charge.amount:.2f} USD" in said
