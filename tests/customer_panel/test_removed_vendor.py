"""A vendor whose package was removed breaks no page of its customers, and takes no order."""

import pytest
from django.test import Client
from django.urls import reverse

from subscriptions.models import Subscription
from tests.factories import subscriptions as make
from tests.operator_panel.conftest import text_of
from vendors.models import VendorConnection

pytestmark = pytest.mark.django_db


def test_pages_open_and_an_order_is_refused(client: Client, subscription: Subscription) -> None:
    connection = VendorConnection.objects.create(reseller=subscription.account.reseller, plugin="removed", name="Gone")
    make.bind_to_removed_plugin(connection)
    names = ("", "_charges", "_transactions", "_secrets", "_change", "_stop", "_delete")
    pages = [reverse("customer:home"), reverse("customer:subscriptions"), reverse("customer:order_plan")]
    pages += [reverse(f"customer:subscription{name}", args=[subscription.pk]) for name in names]
    details = reverse("customer:order_plan_details", args=[subscription.plan.pk])
    assert {client.get(page).status_code for page in [*pages, details]} <= {200, 302, 404, 422}
    check = reverse("customer:order_plan_check", args=[subscription.plan.pk])
    answers = {"period": subscription.plan.periods.get().pk, "quantities.seats": "1"}
    assert "The vendor cannot be asked now" in text_of(client.get(check, answers))
