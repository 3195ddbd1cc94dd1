"""What tells that rows have changed hears of each change: else no sweep that asks it would ever fail."""

import pytest

from accounts.models import Account
from tests.factories import accounts as cast
from tests.security.marks import Tenant, fingerprint, links_to, numbered, rows_of

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
