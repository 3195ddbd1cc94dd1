"""Signing out ends the visit as an owner."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import SignInAs
from accounts.receivers import close_trail
from tests.factories import accounts

pytestmark = pytest.mark.django_db


def visit() -> Client:
    """Return the browser of a manager who has just become an owner."""
    account = accounts.account()
    accounts.customer_user(account=account)
    browser = Client()
    browser.force_login(accounts.manager())
    browser.post(f"/accounts/sign-in-as/{account.pk}/")
    assert SignInAs.objects.latest("pk").account == account
    return browser


def test_signing_out_closes_the_trail_of_this_visit_alone() -> None:
    visit()
    browser = visit()
    before = timezone.now()
    browser.post("/accounts/logout/")
    other, own = SignInAs.objects.order_by("pk")
    assert other.ended_at is None
    assert before <= own.ended_at <= timezone.now()


def test_signing_out_without_a_visit_closes_none() -> None:
    visit()
    browser = Client()
    browser.force_login(accounts.manager())
    browser.post("/accounts/logout/")
    assert SignInAs.objects.get().ended_at is None


def test_signing_out_without_a_request_closes_none() -> None:
    visit()
    close_trail(request=None)
    assert SignInAs.objects.get().ended_at is None
