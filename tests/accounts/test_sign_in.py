"""What the lockout counts by, and where people start."""

import pytest
from axes.models import AccessLog
from django.test import RequestFactory
from django.utils import timezone

from accounts.invitations import invite_users, token_of
from accounts.sign_in import home_of, typed_name
from core.history import history_of
from tests.factories import accounts as make


def test_the_name_is_what_was_typed_or_handed_over_in_lower_case():
    posted = RequestFactory().post("/", {"login": " Mary@Example.com"})
    assert typed_name(posted) == "mary@example.com"
    assert typed_name(posted, {"email": "ANN@example.com"}) == "ann@example.com"
    assert typed_name(RequestFactory().get("/")) is None


@pytest.mark.django_db
def test_managers_and_customers_start_in_their_panels():
    assert home_of(make.manager()) == "/operator/"
    assert home_of(make.customer_user(account=make.account())) == "/"


@pytest.mark.django_db
def test_signing_in_leaves_no_entry_in_the_log_of_changes(client):
    mary = make.manager()
    client.post("/accounts/login/", {"login": mary.email, "password": make.PASSWORD})
    mary.refresh_from_db()
    assert mary.last_login is not None
    assert [entry.title for entry in history_of(mary)] == ["Created"]


@pytest.mark.django_db
def test_the_log_of_sign_ins_says_by_which_page_and_not_by_which_key(client):
    mary = make.manager()
    client.post("/accounts/login/", {"login": mary.email, "password": make.PASSWORD})
    [invitation] = invite_users(
        actor=make.manager_actor(), account=make.account(), emails=["ann@example.com"], access_level="owner",
        now=timezone.now(),
    )  # fmt: skip
    entered = {"name": "Ann", "password": "a long enough phrase", "repeated": "a long enough phrase"}
    client.post(f"/accounts/invitations/{token_of(invitation)}/", entered)
    lines = AccessLog.objects.order_by("pk").values_list("username", "path_info")
    assert list(lines) == [(mary.email, "/accounts/login/"), ("ann@example.com", "/accounts/invitations/***/")]
