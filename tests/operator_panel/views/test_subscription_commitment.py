"""The tab of what the vendor has bound a subscription to: there for vendors that bind, and the same for all rows."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import accounts as cast
from tests.factories import commitments as bound
from tests.factories import subscriptions as make
from vendors.models import ConnectionState, VendorConnection

pytestmark = pytest.mark.django_db


def test_windows_costs_and_decisions_are_shown_of_what_is_bound() -> None:
    today, manager = timezone.localdate(), cast.manager()
    browser = Client()
    browser.force_login(manager)
    connection = VendorConnection.objects.create(
        reseller=manager.reseller, plugin="office365", name="Office 365", settings={}, state=ConnectionState.GRANTED
    )
    free, sold = make.plan(), make.plan(connection=connection)
    account = cast.account(name="Acme")
    plain = make.subscription(account=account, plan=free, today=today)
    plain_page = browser.get(reverse("operator:subscription", args=[plain.pk])).content.decode()
    assert "/commitment/" not in plain_page
    # What is sold over the connection is not provided: the worker is not there. What it told is all the page reads.
    plain.plan.template.__class__.objects.filter(pk=free.template_id).update(
        connection=sold.template.connection, plugin="office365"
    )
    address = reverse("operator:subscription_commitment", args=[plain.pk])
    page = reverse("operator:subscription", args=[plain.pk])
    assert address not in browser.get(page).content.decode(), "the vendor has bound it to nothing: an older offer"
    bound.commitment(subscription=plain, now=timezone.now())
    assert address in browser.get(page).content.decode()
    shown = browser.get(address).content.decode()
    for words in (
        "Commitment at the vendor",
        "Net cost a month",
        "What each decision costs",
        "Keep all",
        "bound up to",
    ):
        assert words in shown, words
