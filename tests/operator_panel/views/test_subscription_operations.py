"""Change, stop, activate, delete, try again: what is shown before is what is charged then."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from subscriptions.models import Plan, Subscription
from tests.factories import subscriptions as make
from tests.operator_panel.conftest import errors_of, text_of
from tests.operator_panel.previews import confirm

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


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


def test_retry_of_what_has_not_failed_is_refused(client: Client, subscription: Subscription) -> None:
    answer = client.post(page("subscription_retry", subscription.pk), {"confirmed": "yes"})
    assert errors_of(answer) == {"__all__": ["Nothing has failed here: there is nothing to try again."]}
