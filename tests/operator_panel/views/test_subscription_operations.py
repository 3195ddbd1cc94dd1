"""Change, stop, activate, delete, try again: what is shown before is what is charged then."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.models import Charge, Payment
from core.panel.formats import day_text
from subscriptions.models import Order, Plan, Subscription
from subscriptions.people.paying import pay_order_from_balance
from tests.browsing import form_of, on_another_day
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.operator_panel.conftest import errors_of, text_of
from tests.operator_panel.previews import confirm

pytestmark = pytest.mark.django_db
RAISE = {"quantities.seats": 8, "pay_from_balance": "on", "key": "a"}


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def books() -> tuple[list[tuple[object, ...]], ...]:
    return (
        list(Charge.objects.order_by("pk").values_list("pk", "status", "amount")),
        list(Payment.objects.order_by("pk").values_list("pk", "status", "amount")),
        list(Order.objects.order_by("pk").values_list("pk", "status", "total")),
    )


def test_raise_charges_what_was_shown(client: Client, subscription: Subscription) -> None:
    address = page("subscription_change", subscription.pk)
    answers = {"quantities.seats": 8, "pay_from_balance": "on", "key": "k2"}
    seen, charged, _answer = confirm(client, address, **answers)
    assert seen == charged
    subscription.refresh_from_db()
    assert subscription.quantity == 8


def test_raise_whose_price_grew_tenfold_is_shown_again_and_books_nothing(
    client: Client, subscription: Subscription, plan: Plan, today: date
) -> None:
    asked = client.post(page("subscription_change", subscription.pk), RAISE)
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
    asked = client.post(page("subscription_change", subscription.pk), RAISE)
    before = books()
    on_another_day(monkeypatch)
    answer = form_of(asked, holding="confirmed").send(client)
    assert (answer.status_code, books()) == (409, before)
    assert form_of(answer, holding="confirmed").send(client).status_code == 302


def test_raise_after_the_balance_shrank_is_shown_again_and_books_nothing(
    client: Client, subscription: Subscription, plan: Plan, today: date
) -> None:
    asked = client.post(page("subscription_change", subscription.pk), RAISE)
    other = make.order(account=subscription.account, plan=plan, today=today)
    pay_order_from_balance(actor=SYSTEM, order=other, today=today)
    before = books()
    answer = form_of(asked, holding="confirmed").send(client)
    assert (answer.status_code, books()) == (409, before)
    assert answer.context["balance_after"] == asked.context["balance_after"] - other.total
    assert form_of(answer, holding="confirmed").send(client).status_code == 302


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


def test_retry_of_what_has_not_failed_is_refused(client: Client, subscription: Subscription) -> None:
    answer = client.post(page("subscription_retry", subscription.pk), {"confirmed": "yes"})
    assert errors_of(answer) == {"__all__": ["Nothing has failed here: there is nothing to try again."]}


def test_a_renewal_charges_what_was_shown_and_automatic_renewal_says_what_it_would(
    client: Client, acme: Account, today: date
) -> None:
    top_up(account=acme, amount="500", today=today)
    seats = make.subscription(account=acme, plan=make.plan(months=1), today=today)
    buttons = [str(button.label) for button in client.get(page("subscription", seats.pk)).context["page"].buttons]
    assert {"Renew", "Automatic renewal"} <= set(buttons)
    answers = {"quantities.seats": 5, "pay_from_balance": "on", "key": "r"}
    asked = client.post(page("subscription_renew", seats.pk), answers)
    seats.refresh_from_db()
    assert f"from {day_text(seats.expiration_date)} to " in asked.context["question"]
    seen, charged, _answer = confirm(client, page("subscription_renew", seats.pk), **answers)
    assert seen == charged
    order = Order.objects.get(type="renewal")
    assert (order.status, order.created_by is None) == ("waiting_for_provisioning", False)
    assert "waiting for its term" in text_of(client.get(page("order", order.pk))).lower()
    before = books()
    answer = client.post(page("subscription_auto_renew", seats.pk), {"on": "on"})
    assert answer.context["submit"] == "Switch on"
    form_of(answer, holding="confirmed").send(client)
    seats.refresh_from_db()
    assert (seats.auto_renew, books()) == (True, before)
