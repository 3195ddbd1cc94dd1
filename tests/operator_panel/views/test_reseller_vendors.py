"""The page on which a reseller is named at a vendor: chosen, checked there, shown on the reseller's page."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.actors import Actor
from accounts.models import User
from sandbox.microsoft.world import RESELLERS
from tests.browsing import form_of
from tests.factories import accounts as cast
from tests.operator_panel.conftest import errors_of, text_of
from tests.vendors.consenting import consent
from vendors.models import VendorConnection
from vendors.reseller_rows import ResellerAtVendor

(FIRST, (NAME, ITS_ID)), (SECOND, (_OTHER, OTHER_ID)) = RESELLERS.items()


@pytest.mark.django_db(transaction=True)
def test_a_reseller_is_chosen_checked_and_shown(
    client: Client,
    administrator: User,
    admin: Actor,
    office365: VendorConnection,
    now: datetime,
    settings: Settings,
) -> None:
    # Seen before: the vendor was asked inside the transaction in which the form is kept.
    settings.VENDOR_CALLS_INSIDE_TRANSACTIONS = False
    north = cast.reseller(name="North")
    page = reverse("operator:reseller_vendor", args=[north.pk, office365.pk])
    not_granted = client.get(page)
    assert "has to be granted" in text_of(not_granted)
    consent(admin, office365, now)

    assert f"{NAME} ({ITS_ID})" in text_of(client.get(page))
    wrong = client.post(page, {"reseller.reseller_tenant": FIRST, "reseller.reseller_partner_id": OTHER_ID})
    assert list(errors_of(wrong)) == ["reseller.reseller_partner_id"]
    assert not ResellerAtVendor.objects.exists()

    kept = client.post(page, {"reseller.reseller_tenant": FIRST})
    assert kept.url == reverse("operator:reseller", args=[north.pk])
    shown = text_of(client.get(kept.url))
    assert "At the vendor: Office 365" in shown
    assert FIRST in shown
    assert ITS_ID in shown

    # Who has opened the page before somebody else has saved is told both values, and nothing is lost.
    one, two = (form_of(client.get(page), holding="version") for _reader in range(2))
    assert (
        one.send(client, **{"reseller.reseller_tenant": SECOND, "reseller.reseller_partner_id": ""}).status_code == 302
    )
    overtaken = two.send(client, **{"reseller.reseller_tenant": FIRST, "reseller.reseller_partner_id": "1"})
    assert overtaken.status_code == 409
    assert f"{administrator} has changed this" in text_of(overtaken)
    assert ResellerAtVendor.objects.get().values["reseller_tenant"] == SECOND

    # What the connection's own reseller sells names nobody: there is nothing to fill in.
    own = client.get(reverse("operator:reseller_vendor", args=[cast.operator().pk, office365.pk]))
    assert "it sells for itself" in text_of(own)
    assert "Check and save" not in text_of(own)
