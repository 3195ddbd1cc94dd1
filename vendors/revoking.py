"""Taking back what was granted at a vendor: nothing is done there in our name until it is granted again."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.actors import Actor
from core import secrets as sealing
from core.errors import Refused
from vendors.absent import NOT_INSTALLED, AbsentPlugin
from vendors.errors import sentence
from vendors.models import ConnectionState, VendorConnection
from vendors.registry import plugin_for, settings_fields_of

REVOKED_HERE = gettext_noop("%(person)s has revoked the permissions here. Grant them again to go on.")


class NothingGranted(Refused):
    """The connection holds no permission that could be revoked."""

    code = "nothing_granted"


def may_revoke(connection: VendorConnection) -> None:
    """Raise NothingGranted where the connection holds no permission that could be revoked."""
    plugin = plugin_for(connection.plugin)
    if isinstance(plugin, AbsentPlugin):  # which of the secrets are the grant's is the plugin's word
        raise NothingGranted(sentence(NOT_INSTALLED, {"plugin": plugin.slug}))
    if connection.granted_at is None:
        raise NothingGranted(_("Nothing is granted that could be revoked."))


@transaction.atomic
def revoke_consent(*, actor: Actor, connection: VendorConnection) -> VendorConnection:
    """Forget every token of the connection's grant; orders and changes wait, running services go on (CR-499).

    Calls that are under way with the old token end; what they renew is not kept, because the grant is another one.
    Raises NothingGranted.
    """
    actor.require("vendor_connections.change")
    row = VendorConnection.objects.select_for_update().get(pk=connection.pk)
    may_revoke(row)
    fields = settings_fields_of(plugin_for(row.plugin))
    own = {field.name for field in fields if field.is_secret}
    kept = {name: value for name, value in sealing.decrypt(row.secrets).items() if name in own}
    row.secrets = sealing.encrypt(kept)
    row.granted_by = row.granted_at = row.token_issued_at = row.token_expires_on = None
    row.state, row.lost_at = ConnectionState.REGRANT_NEEDED, None
    row.last_error_code, row.last_error_message = "revoked_here", REVOKED_HERE
    row.last_error_values = {"person": str(actor.user or "")}
    row.save()
    return row
