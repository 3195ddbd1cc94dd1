"""The list of vendor connections ("Office 365 Settings")."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import actor_of
from core.lists.columns import Cell, Column, computed, day, moment, text, to
from core.lists.listing import Listing, Quick
from core.lists.search import FieldSearch
from core.panel.formats import status_html
from vendors.connections import state_label
from vendors.models import ConnectionState, VendorConnection
from vendors.queries import connections_visible_to
from vendors.registry import plugin_for


def _vendor(row: VendorConnection) -> str:
    """Return the vendor's name; the bare slug of one whose plugin is no longer installed."""
    return str(plugin_for(row.plugin).name)


def _state(row: VendorConnection) -> str:
    """Return the state as a connection's own page names it: nobody grants what needs a key alone."""
    return status_html(row.state, state_label(row))


VENDOR_CONNECTIONS = Listing(
    name="operator.vendor_connections",
    title=_("Vendor connections"),
    right="vendor_connections.view",
    actor_of=actor_of,
    rows=connections_visible_to,
    search=FieldSearch(("name", "plugin")),
    search_hint=_("ID, name, vendor…"),
    related=("reseller", "granted_by"),
    without=("secrets",),
    empty=_("A connection is our access to a vendor: create one, then have it granted, or check it."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", link=to("operator:vendor_connection")),
        Column("name", _("Name"), sort="name", link=to("operator:vendor_connection")),
        Column("plugin", _("Vendor"), computed(_vendor)),
        Column("state", _("State"), Cell(value=state_label, html=_state)),
        Column("token_expires_on", _("Token expires on"), day("token_expires_on")),
        Column("granted_at", _("Granted at"), moment("granted_at")),
        Column("granted_by", _("Granted by"), text("granted_by"), shown=False),
        Column("reseller", _("Reseller"), text("reseller")),
        Column("last_check_at", _("Last checked at"), moment("last_check_at"), shown=False),
    ),
    quick=(
        Quick("granted", pgettext_lazy("several", "Usable"), Q(state=ConnectionState.GRANTED)),
        Quick("attention", _("Needs attention"), ~Q(state=ConnectionState.GRANTED)),
    ),
)
