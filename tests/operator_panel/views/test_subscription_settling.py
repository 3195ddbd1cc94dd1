"""An operator sees the evidence of a parked step and says what became of it."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from subscriptions.models import Subscription
from subscriptions.workers.provisioning import carry_out
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.operator_panel.conftest import errors_of, text_of
from tests.vendors.example.vendor import ExampleVendor
from tests.vendors.test_settling import blind  # noqa: F401 - a fixture of this file
from vendors.models import ConnectionState, VendorConnection, VendorExchange, VendorOperation
from vendors.operations import unsealed

pytestmark = pytest.mark.django_db


@pytest.fixture
def parked(blind: VendorConnection, example_vendor: ExampleVendor, now: datetime) -> Subscription:  # noqa: F811 - as above
    """A paid order whose only call was answered by nobody, at a vendor whose orders cannot be looked up."""
    blind.state = ConnectionState.GRANTED
    blind.save()
    today = timezone.localdate()
    account: Account = cast.account(name="Acme")
    subscription = make.subscription(account=account, plan=make.plan(connection=blind), today=today)
    example_vendor.trouble = ("drop_after", 1)
    for _turn in range(2):
        carry_out(operation_id=VendorOperation.objects.get().pk, now=now, today=today)
    subscription.refresh_from_db()
    return subscription


def page(subscription: Subscription) -> str:
    return reverse("operator:subscription_settle", args=[subscription.pk])


def test_evidence_is_shown_and_what_is_there_is_named(client: Client, parked: Subscription, now: datetime) -> None:
    own = client.get(reverse("operator:subscription", args=[parked.pk]))
    assert page(parked) in own.content.decode()
    assert "cannot be looked up, and it is not sent twice" in text_of(own)
    assert "1 subscription is in doubt at its vendor" in text_of(client.get(reverse("operator:home")))
    shown = client.get(page(parked)).content.decode()
    assert "/services: ConnectionError" in shown
    assert "canary" not in shown
    for number in range(9):  # the vendor's lists are looked at every six hours meanwhile
        VendorExchange.objects.create(
            operation_id=VendorOperation.objects.get().pk, method="GET", url=f"/{number}", milliseconds=1
        )
    first, *looks = client.get(page(parked)).context["evidence"]
    assert "/services: ConnectionError" in first.title, "how it was sent stays in sight"
    assert [label for label, _text in first.texts] == ["Sent"]
    assert len(looks) == 5
    missing = client.post(page(parked), {"became": "there", "parameters.restore_key": "canary key"})
    assert list(errors_of(missing)) == ["parameters.id"]
    answers = {"became": "there", "parameters.id": "1", "parameters.restore_key": "canary key"}
    assert client.post(page(parked), answers).status_code == 302
    operation = VendorOperation.objects.get()
    assert (operation.parked, operation.calls.get().result) == (None, {"id": "1"})
    assert unsealed(operation)["restore_key"] == "canary key"
    carry_out(operation_id=operation.pk, now=now, today=timezone.localdate())
    parked.refresh_from_db()
    assert (parked.status, parked.vendor_ids) == ("active", {"service_id": "1"})
    assert client.get(page(parked)).headers["Location"] == reverse("operator:subscription", args=[parked.pk])


def test_what_is_not_there_is_sent_once_more(
    client: Client, parked: Subscription, example_vendor: ExampleVendor, now: datetime
) -> None:
    example_vendor.services.clear()
    assert client.post(page(parked), {"became": "not_there"}).status_code == 302
    carry_out(operation_id=VendorOperation.objects.get().pk, now=now, today=timezone.localdate())
    parked.refresh_from_db()
    assert parked.status == "active"
    assert (len(example_vendor.services), example_vendor.changing_calls) == (1, 2)


def test_the_second_of_two_operators_is_told_that_it_was_said_already(client: Client, parked: Subscription) -> None:
    assert client.post(page(parked), {"became": "there", "parameters.id": "1"}).status_code == 302
    late = client.post(page(parked), {"became": "not_there"}, follow=True)
    assert "Somebody has said it already" in text_of(late)
    assert VendorOperation.objects.get().calls.get().result == {"id": "1"}


def test_stranger_does_not_find_it(parked: Subscription) -> None:
    theirs = Client()
    theirs.force_login(cast.manager(reseller=cast.reseller(name="South")))
    assert theirs.post(page(parked), {"became": "not_there"}).status_code == 404


def test_what_comes_to_no_end_shows_what_is_known_and_is_looked_at_again_or_given_up(
    client: Client, example: VendorConnection, example_vendor: ExampleVendor, now: datetime
) -> None:
    """There was no page: the operation was looked at once an hour for ever."""
    example.state = ConnectionState.GRANTED
    example.save()
    today = timezone.localdate()
    subscription = make.subscription(account=cast.account(), plan=make.plan(connection=example), today=today)
    example_vendor.trouble, example_vendor.reads = ("drop_after", 1), "[[no json"
    operation_id = VendorOperation.objects.get().pk
    for hours in (0, 3):
        carry_out(operation_id=operation_id, now=now + timedelta(hours=hours), today=today)
    assert page(subscription) in client.get(reverse("operator:subscription", args=[subscription.pk])).content.decode()
    listed = client.get(reverse("operator:subscriptions"), {"quick": "in_doubt"})
    assert subscription.name in text_of(listed)
    shown = client.get(page(subscription))
    assert "The answer to “service” was lost" in text_of(shown)
    assert VendorOperation.objects.get().last_error in text_of(shown)
    assert "/services: ConnectionError" in shown.content.decode()
    assert list(errors_of(client.post(page(subscription), {"became": "there"}))) == ["became"]
    assert client.post(page(subscription), {"became": "look"}).status_code == 302
    assert client.post(page(subscription), {"became": "give_up"}).status_code == 302
    carry_out(operation_id=operation_id, now=now + timedelta(hours=4), today=today)
    subscription.refresh_from_db()
    assert subscription.status == "installation_failed"
