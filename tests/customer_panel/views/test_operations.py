"""Change, stop, activate, delete: previewed, confirmed, carried out once."""

from datetime import date

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.funds import funds_of
from billing.models import Charge, Payment
from subscriptions.models import Order, Plan, Subscription, SubscriptionStatus
from subscriptions.people.paying import pay_order_from_balance
from tests.browsing import confirmed, form_of, on_another_day
from tests.factories import subscriptions as make
from tests.factories.billing import top_up

pytestmark = pytest.mark.django_db
RAISE = {"quantities.seats": 8, "pay_from_balance": "on", "key": "a"}


def page_of(name: str, subscription: Subscription) -> str:
    return reverse(f"customer:subscription_{name}", args=[subscription.pk])


def said(answer: object) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def books() -> tuple[list[tuple[object, ...]], ...]:
    return (
        list(Charge.objects.order_by("pk").values_list("pk", "status", "amount")),
        list(Payment.objects.order_by("pk").values_list("pk", "status", "amount")),
        list(Order.objects.order_by("pk").values_list("pk", "status", "total")),
    )


def test_change_asks_for_the_units_that_are_there(client: Client, subscription: Subscription) -> None:
    form = client.get(page_of("change", subscription)).context["form"]
    assert (form["quantities.seats"].value(), form["pay_from_balance"].value()) == (5, True)


def test_change_is_shown_before_it_is_made(client: Client, subscription: Subscription) -> None:
    charges = set(Charge.objects.values_list("pk", flat=True))
    answer = client.post(page_of("change", subscription), {"quantities.seats": 8, "pay_from_balance": "on", "key": "a"})
    assert answer.context["question"] == "Seats: from 5 to 8."
    assert answer.context["submit"].startswith("Change, reserve ")
    assert {"quantities.seats", "pay_from_balance", "key", "shown"} == {field.name for field in answer.context["form"]}
    assert set(Charge.objects.values_list("pk", flat=True)) == charges


def test_raise_is_paid_from_the_balance_once(client: Client, subscription: Subscription) -> None:
    asked = client.post(page_of("change", subscription), {"quantities.seats": 8, "pay_from_balance": "on", "key": "a"})
    before = funds_of(subscription.account).available
    for click in range(2):
        answer = form_of(asked, holding="confirmed").send(client)
        told = (
            "The quantities are changed.",
            "This was done already when the form was sent the first time; it was not done again.",
        )
        assert (answer.status_code, said(answer)[-1]) == (302, told[click])
    subscription.refresh_from_db()
    order = Order.objects.get(type="change")
    assert (subscription.quantity, funds_of(subscription.account).available) == (8, before - order.total)


def test_raise_whose_price_grew_tenfold_is_shown_again_and_books_nothing(
    client: Client, subscription: Subscription, plan: Plan, today: date
) -> None:
    asked = client.post(page_of("change", subscription), RAISE)
    make.reprice(plan=plan, fee="100.00", today=today)
    before = books()
    answer = form_of(asked, holding="confirmed").send(client)
    assert (answer.status_code, books()) == (409, before)
    seen, now = (sum(charge.amount for charge in page.context["charges"]) for page in (asked, answer))
    assert abs(now - 10 * seen) < 1
    assert answer.context["submit"] != asked.context["submit"]
    assert "has changed since it was shown to you" in answer.content.decode()
    assert f"{now:.2f}" in answer.context["submit"]
    assert form_of(answer, holding="confirmed").send(client).status_code == 302
    assert Order.objects.get(type="change").total == now


def test_raise_of_another_day_is_shown_again_and_books_nothing(
    client: Client, subscription: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = client.post(page_of("change", subscription), RAISE)
    before = books()
    on_another_day(monkeypatch)
    answer = form_of(asked, holding="confirmed").send(client)
    assert (answer.status_code, books()) == (409, before)
    assert form_of(answer, holding="confirmed").send(client).status_code == 302


def test_raise_after_the_balance_shrank_is_shown_again_and_books_nothing(
    client: Client, subscription: Subscription, plan: Plan, today: date
) -> None:
    asked = client.post(page_of("change", subscription), RAISE)
    other = make.order(account=subscription.account, plan=plan, today=today)
    pay_order_from_balance(actor=SYSTEM, order=other, today=today)
    before = books()
    answer = form_of(asked, holding="confirmed").send(client)
    assert (answer.status_code, books()) == (409, before)
    assert answer.context["balance_after"] == asked.context["balance_after"] - other.total
    assert form_of(answer, holding="confirmed").send(client).status_code == 302


def test_raise_paid_from_outside_waits_for_its_payment(client: Client, subscription: Subscription) -> None:
    answer = confirmed(client, page_of("change", subscription), {"quantities.seats": 8, "key": "a"})
    order = Order.objects.get(type="change")
    assert said(answer) == [f"Order {order} waits for its payment."]
    assert Payment.objects.get(order=order).amount == order.total
    page = client.get(reverse("customer:subscription", args=[subscription.pk]))
    assert page.context["open_order"] == order


def test_lowering_gives_back(client: Client, subscription: Subscription) -> None:
    before = funds_of(subscription.account).available
    sent = {"quantities.seats": 2, "pay_from_balance": "on", "key": "a"}
    shown = client.post(page_of("change", subscription), sent)
    form_of(shown, holding="confirmed").send(client)
    subscription.refresh_from_db()
    assert subscription.quantity == 2
    assert funds_of(subscription.account).available == shown.context["balance_after"] >= before


def test_change_to_the_same_is_refused(client: Client, subscription: Subscription) -> None:
    answer = client.post(page_of("change", subscription), {"quantities.seats": 5, "key": "a"})
    assert answer.status_code == 422
    assert len(answer.context["form"].non_field_errors()) == 1


def test_stop_keeps_the_reason_and_activation_shows_what_it_reserves(
    client: Client, subscription: Subscription
) -> None:
    asked = client.post(page_of("stop", subscription), {"comment": "Holidays"})
    assert asked.context["danger"]
    form_of(asked, holding="confirmed").send(client)
    subscription.refresh_from_db()
    assert (subscription.status, subscription.stop_comment) == (SubscriptionStatus.STOPPED, "Holidays")
    shown = client.get(page_of("activate", subscription))
    assert shown.context["submit"].startswith("Activate, reserve ")
    confirmed(client, page_of("activate", subscription))
    subscription.refresh_from_db()
    assert subscription.status == SubscriptionStatus.ACTIVE


def test_activation_without_money_names_what_is_missing(client: Client, acme: Account, plan: Plan, today: date) -> None:
    stopped = make.subscription(account=acme, plan=plan, today=today)
    confirmed(client, page_of("stop", stopped), {"comment": ""})
    other = make.order(account=acme, plan=plan, today=today)
    confirmed(client, reverse("customer:order_pay_from_balance", args=[other.pk]))
    answer = client.get(page_of("activate", stopped))
    assert answer.status_code == 422
    missing = f"${other.total:.2f} more are needed. Top up the balance first."
    assert answer.context["form"].non_field_errors() == [missing]


def test_stopped_subscription_is_not_stopped_again(client: Client, subscription: Subscription) -> None:
    confirmed(client, page_of("stop", subscription), {"comment": ""})
    answer = confirmed(client, page_of("stop", subscription), {"comment": ""})
    assert answer.status_code == 422


def test_deletion_is_confirmed_and_final(client: Client, subscription: Subscription) -> None:
    shown = client.get(page_of("delete", subscription))
    assert (shown.context["submit"], shown.context["danger"]) == ("Delete for good", True)
    answer = confirmed(client, page_of("delete", subscription))
    subscription.refresh_from_db()
    assert (answer.url, subscription.status) == (
        reverse("customer:subscription", args=[subscription.pk]),
        SubscriptionStatus.DELETED,
    )


def test_a_renewal_is_shown_and_paid_and_the_subscription_renews_itself(client: Client, acme: Account) -> None:
    today = timezone.localdate()
    top_up(account=acme, amount="500", today=today)
    seats = make.subscription(account=acme, plan=make.plan(months=1), today=today)
    asked = client.post(page_of("renew", seats), {"quantities.seats": 6, "pay_from_balance": "on", "key": "r"})
    assert not asked.context["form"].errors
    assert asked.context["question"].startswith(f"Renew {seats.name}: from ")
    assert asked.context["submit"].startswith("Renew, reserve ")
    answer = form_of(asked, holding="confirmed").send(client)
    assert said(answer) == ["The renewal is paid for: it begins when the present term ends."]
    order = Order.objects.get(type="renewal")
    assert (order.status, order.items.get().quantity_after) == ("waiting_for_provisioning", 6)
    again = client.post(page_of("renew", seats), {"quantities.seats": 6, "key": "s"})
    assert "pay or cancel it first" in str(again.context["form"].errors)
    answer = confirmed(client, page_of("auto_renew", seats), {"on": "on"})
    assert said(answer)[-1] == f"{seats.name} renews itself."
    assert "renews itself" in client.get(reverse("customer:subscription", args=[seats.pk])).content.decode()
