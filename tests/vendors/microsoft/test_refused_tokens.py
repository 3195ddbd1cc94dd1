"""Tokens that Microsoft takes no more: what the connection, its page and letters say; a new grant cures it."""

from datetime import datetime

import pytest
from django.test import Client

from accounts.actors import Actor
from notifications.models import Notification
from sandbox.microsoft import Microsoft
from tests.operator_panel.conftest import text_of
from tests.vendors.consenting import GRANTED, MISCONFIGURED, REGRANT, consent
from tests.vendors.office365.bench import answered
from vendors.microsoft.errors import MFA_REQUIRED, PARTNER_CENTER, WRONG_AUDIENCE
from vendors.models import ConnectionState, VendorConnection

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("status", "code", "state", "sentence", "letter"),
    [
        (401, 900421, REGRANT, MFA_REQUIRED, "consent_needed"),
        (401, 900420, MISCONFIGURED, WRONG_AUDIENCE, "connection_lost"),
        (403, 900329, REGRANT, PARTNER_CENTER["900329"][1], "consent_needed"),
    ],
)
def test_it_is_said_on_the_page_and_by_letter_until_it_is_granted_again(
    admin: Actor,
    office365: VendorConnection,
    microsoft: Microsoft,
    now: datetime,
    status: int,
    code: int,
    state: ConnectionState,
    sentence: str,
    letter: str,
) -> None:
    consent(admin, office365, now)
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(admin.user)
    page = f"/operator/vendor-connections/{office365.pk}/"
    microsoft.fail("error_before", path="/profiles/legalbusiness$", status=status, code=code, description="No.")
    browser.post(f"{page}check/")
    office365.refresh_from_db()
    assert (office365.state, office365.last_error_code, office365.last_error_message) == (state, str(code), sentence)
    shown = text_of(browser.get(page))
    assert sentence in shown
    assert "Grant again" in shown
    told = Notification.objects.get(user=admin.user)
    assert told.event == letter
    assert sentence in " ".join(told.body_text.split())

    browser.post(f"/vendors/office365/connections/{office365.pk}/consent")
    leaving = browser.get("/vendors/office365/consent/leave")
    browser.get("/vendors/office365/consent/callback", answered(leaving.headers["Refresh"].removeprefix("0; url=")))
    office365.refresh_from_db()
    assert (office365.state, office365.last_error, office365.lost_at) == (GRANTED, "", None)
    assert sentence not in text_of(browser.get(page))
    assert Notification.objects.order_by("pk").last().event == "connection_works"
