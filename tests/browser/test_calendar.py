"""The calendar as people meet it: an operator narrows it and sees what a decision costs, a customer sees its own."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Stage
from tests.browser.person import Person
from tests.factories import accounts as cast
from tests.factories import commitments as at_vendor
from tests.factories import subscriptions as make


@pytest.mark.slow
@pytest.mark.browser
def test_operator_narrows_the_calendar_and_the_customer_sees_its_own(stage: Stage, chromium: Browser) -> None:
    today, now = timezone.localdate(), timezone.now()
    plan = make.plan(name="Business Basic")
    acme, other = (cast.account(reseller=plan.reseller, name=name) for name in ("Acme", "Globex"))
    for account in (acme, other):
        held = make.subscription(account=account, plan=plan, today=today, quantities={"seats": 5})
        at_vendor.commitment(subscription=held, now=now)
    mine = acme.subscriptions.get()
    owner = cast.customer_user(account=acme, language="en")
    with Person(chromium, stage.web, "en") as manager:
        manager.sign_in(cast.manager().email, cast.PASSWORD)
        manager.go("operator:calendar")
        rows = manager.page.locator("main tbody tr")
        expect(rows).to_have_count(6)
        manager.page.goto(f"{reverse('operator:calendar')}?kind=cancel")
        expect(rows).to_have_count(2)
        manager.page.goto(f"{reverse('operator:calendar')}?kind=cancel&account=Acme")
        expect(rows).to_have_count(1)
        rows.first.get_by_role("link").first.click()
        manager.page.wait_for_url(re.compile(rf"/operator/subscriptions/{mine.pk}/commitment/"))
        manager.sees("Can be cancelled until", "Keep all", "once the window has closed")
        manager.fill(seats=2)
        manager.press("Show it", within="main")
        manager.sees("Lower to 2", "$20.00")
    with Person(chromium, stage.web, "en") as customer:
        customer.sign_in(owner.email, cast.PASSWORD)
        customer.go("customer:home")
        customer.press("Windows and renewals")
        expect(customer.page.locator("main tbody tr")).to_have_count(3)
        customer.follow("Open windows")
        expect(customer.page.locator("main tbody tr")).to_have_count(2)
