"""Margins by the vendor's price sheets on a plan's page, and the page of what sells below cost: of one's own level."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from core.panel.formats import day_text
from tests.factories import accounts as people
from tests.operator_panel.conftest import signed_in
from tests.subscriptions.pricing import said, sold
from tests.vendors.installing import example_installed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _example() -> Iterator[None]:
    with example_installed():
        yield


def test_what_will_sell_below_cost_is_shown_with_its_day_and_what_to_do() -> None:
    today = timezone.localdate()
    change = today + timedelta(days=30)
    plan = sold("10.00")
    said(plan, "DE", [("9.5", today, change), ("12.25", change, None)], today=today)
    client = signed_in(people.manager())
    below = reverse("operator:below_cost")
    assert below in client.get(reverse("operator:margins")).content.decode()
    page = client.get(below).content.decode()
    resource = plan.resources.get()
    for shown in (day_text(change), "Germany", "$10.00", "$12.25", "$2.25", reverse("operator:price_change_create")):
        assert shown in page, shown
    assert reverse("operator:plan_price", args=[plan.pk, resource.pk]) in page
    page = client.get(reverse("operator:plan_resources", args=[plan.pk])).content.decode()
    for shown in ("Germany", "month, monthly", "$9.50", "$0.50 (5%)", "$12.25", "below cost"):
        assert shown in page, shown


def test_another_level_sees_nothing_of_it() -> None:
    today = timezone.localdate()
    cast = people.cast()
    plan = sold("10.00", reseller=cast.north)
    said(plan, "DE", [("12.25", today, None)], today=today)
    own, above = signed_in(people.manager(reseller=cast.north)), signed_in(people.manager(reseller=cast.operator))
    assert "$2.25" in own.get(reverse("operator:below_cost")).content.decode()
    for address in (reverse("operator:below_cost"), reverse("operator:plan_resources", args=[plan.pk])):
        assert "$12.25" not in above.get(address).content.decode(), address
    sales = signed_in(people.manager(reseller=cast.north, role=Role.SALES))
    assert sales.get(reverse("operator:below_cost")).status_code in (403, 404)
