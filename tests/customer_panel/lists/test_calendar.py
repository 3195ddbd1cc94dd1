"""A customer's calendar has the dates of its own account, and no filter of another."""

from datetime import date

from django.test import Client
from django.urls import reverse

from accounts.models import Account
from customer_panel.lists.calendar import CALENDAR
from subscriptions.models import Plan
from tests.factories import accounts as cast
from tests.factories import commitments as bound
from tests.factories import subscriptions as make


def test_only_its_own_dates_are_listed(client: Client, acme: Account, plan: Plan, today: date) -> None:
    mine = make.subscription(account=acme, plan=plan, today=today)
    another = make.subscription(account=cast.account(name="Another"), plan=plan, today=today)
    for one in (mine, another):
        bound.commitment(subscription=one, now=make.noon(today))
    page = client.get(reverse("customer:calendar")).context["list"]
    assert len(page.rows) == 3
    assert {row.url for row in page.rows} == {reverse("customer:subscription_commitment", args=[mine.pk])}
    assert set(CALENDAR.filterset.base_filters) == {"id", "kind", "at", "subscription", "subscription_id"}
    mine.__class__.objects.filter(pk=mine.pk).update(status="deleted")
    assert not client.get(reverse("customer:calendar")).context["list"].rows
