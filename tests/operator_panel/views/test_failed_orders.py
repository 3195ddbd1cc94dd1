"""What the vendor refused, in the panel: said on the pages, tried again, given up."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from subscriptions.models import Order, Subscription
from tests.operator_panel.conftest import text_of
from tests.operator_panel.previews import confirm
from tests.subscriptions.conftest import (  # noqa: F401 - fixtures for this module
    admin,
    backup_plan,
    example,
    example_vendor,
    failed,
)
from vendors.microsoft.customers import PASSWORD_LOST
from vendors.models import VendorOperation

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def test_failure_is_said_where_one_looks(client: Client, failed: Subscription) -> None:  # noqa: F811 - the fixture imported above
    sentence = VendorOperation.objects.get().last_error
    assert "1 subscription failed at the vendor" in text_of(client.get(page("home")))
    for address in (
        page("subscription", failed.pk),
        page("subscription_vendor", failed.pk),
        page("order", Order.objects.get().pk),
    ):
        assert sentence in text_of(client.get(address))


def test_failed_operation_is_tried_again(client: Client, failed: Subscription) -> None:  # noqa: F811 - the fixture imported above
    assert [str(button.label) for button in client.get(page("subscription", failed.pk)).context["page"].buttons] == [
        "Try again",
        "Delete",
    ]
    answer = client.post(page("subscription_retry", failed.pk), {"confirmed": "yes"})
    failed.refresh_from_db()
    assert (answer.url, failed.status) == (page("subscription", failed.pk), "installing")


def test_failed_order_is_given_up_as_it_was_shown(client: Client, failed: Subscription) -> None:  # noqa: F811 - the fixture imported above
    order = Order.objects.get()
    seen, charged, _answer = confirm(client, page("order_give_up", order.pk))
    assert seen == charged
    order.refresh_from_db()
    failed.refresh_from_db()
    assert (order.status, failed.status) == ("cancelled", "deleted")


def test_order_says_what_went_wrong_in_the_readers_language(client: Client, failed: Subscription) -> None:  # noqa: F811 - the fixture imported above
    sentence = "Microsoft no longer sells this offer. Choose another in the template."
    VendorOperation.objects.update(last_error_message=sentence)
    order = Order.objects.get()
    Order.objects.update(failure=sentence)
    User.objects.update(language="ru")
    text = text_of(client.get(page("order", order.pk)))
    assert sentence not in text
    assert "Microsoft больше не продаёт это предложение" in text


def test_note_of_an_operation_that_succeeded_is_read_in_the_readers_language(
    client: Client,
    failed: Subscription,  # noqa: F811 - the fixture imported above
) -> None:
    note = {"message": PASSWORD_LOST, "values": {"user": "admin@acme.onmicrosoft.com"}}
    VendorOperation.objects.update(state="confirmed", last_error_message="", result={"notes": [note]})
    assert "The first password of admin@acme.onmicrosoft.com is not known" in text_of(
        client.get(page("subscription_vendor", failed.pk))
    )
    User.objects.update(language="ru")
    assert "Первый пароль пользователя admin@acme.onmicrosoft.com неизвестен" in text_of(
        client.get(page("subscription_vendor", failed.pk))
    )
