"""What tells that rows have changed hears of each change: else no sweep that asks it would ever fail."""

import pytest
from django.db import transaction

from accounts.models import Account
from tests.factories import accounts as cast
from tests.security.marks import Tenant, fingerprint, links_to, numbered, rows_of, written

pytestmark = pytest.mark.django_db


def test_a_changed_row_and_a_new_link_are_seen() -> None:
    """One letter of one row; a row of somebody else's that points at one of the tenant's."""
    tenant = Tenant("northqzj", 77)
    with numbered(tenant):
        reseller = cast.reseller()
        account = cast.account(reseller=reseller)
    before = fingerprint(), rows_of(tenant), links_to(tenant)
    assert (fingerprint(), rows_of(tenant), links_to(tenant)) == before
    Account.objects.filter(pk=account.pk).update(name="another")
    assert {name for name, hashed in fingerprint().items() if hashed != before[0][name]} >= {"accounts_account"}
    assert rows_of(tenant)["accounts_account"] != before[1]["accounts_account"]
    links = links_to(tenant)
    rows = rows_of(tenant)
    with numbered(Tenant("southqzj", 55)):
        cast.account(reseller=reseller)
    assert rows_of(tenant) == rows
    assert int(links_to(tenant)["accounts_account.reseller_id"]) == int(links["accounts_account.reseller_id"]) + 1


def test_a_row_that_was_rolled_back_is_told_as_written() -> None:
    """Else no sweep would see what a request did whose rows are undone at once."""
    account = cast.account()
    before = written()
    assert written() == before
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(name="another")
        transaction.set_rollback(True)
    assert {table for table, rows in written().items() if rows != before.get(table)} >= {"accounts_account"}
