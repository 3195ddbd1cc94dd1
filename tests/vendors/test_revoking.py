"""A consent that is taken back: nothing can be done with it, and what is renewed late does not bring it back."""

from datetime import datetime

import pytest

from accounts.actors import Actor, Forbidden, actor_of
from accounts.models import Role
from core import secrets
from tests.factories import accounts as cast
from tests.vendors.consenting import consent
from vendors.access import opened
from vendors.connections import check_connection
from vendors.models import ConnectionState, VendorConnection
from vendors.revoking import NothingGranted, revoke_consent


def test_revoked_permissions_leave_no_token_and_can_be_granted_again(
    admin: Actor, office365: VendorConnection, now: datetime
) -> None:
    consent(admin, office365, now)
    late = opened(office365, now=now)
    late.secrets.read()
    row = revoke_consent(actor=admin, connection=office365)
    assert (row.state, row.granted_at, row.token_expires_on) == (ConnectionState.REGRANT_NEEDED, None, None)
    assert row.last_error == f"{admin.user} has revoked the permissions here. Grant them again to go on."
    late.secrets.renew({"refresh_token": "late"}, issued_at=now, expires_on=None)
    row.refresh_from_db()
    assert set(secrets.decrypt(row.secrets)) == {"client_secret"}
    assert not check_connection(actor=admin, connection=row, now=now).usable
    assert consent(admin, office365, now).state == ConnectionState.GRANTED


def test_nothing_is_revoked_where_nothing_was_granted_or_without_the_right(
    admin: Actor, office365: VendorConnection
) -> None:
    with pytest.raises(NothingGranted, match="Nothing is granted"):
        revoke_consent(actor=admin, connection=office365)
    with pytest.raises(Forbidden):
        revoke_consent(actor=actor_of(cast.manager(role=Role.SALES)), connection=office365)
