"""The account as vendors are told of it."""

import pytest

from accounts.models import Account
from subscriptions.contract.parties import party
from vendors.base import Party

pytestmark = pytest.mark.django_db


def test_the_account_is_told_with_its_own_address_and_its_contact_person(acme: Account) -> None:
    """CR-494 and CR-544."""
    told = Party.from_payload(party(acme))
    assert (told.company, told.email, told.address1, told.postal_code) == (
        acme.primary_name,
        acme.email,
        "Main street 1",
        "220000",
    )
    assert (told.contact.first_name, told.contact.last_name, told.contact.email) == (
        "Ann",
        "Signer",
        acme.contact_email,
    )
