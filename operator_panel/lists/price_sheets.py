"""Vendors' price sheets, day by day: what came of each, and how many prices it changed."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import actor_of
from core.lists.columns import Column, computed, country, day, number, status, text, to
from core.lists.listing import Listing, Quick
from vendors.capabilities import PublishesPrices
from vendors.price_rows import SheetState
from vendors.queries import price_sheets_visible_to
from vendors.registry import plugin_for


def _kind(row: Any) -> str:
    """Return what people call the kind of list; the bare key of one whose plugin is no longer installed."""
    plugin = plugin_for(row.price_list.connection.plugin)
    known = plugin.price_kinds if isinstance(plugin, PublishesPrices) else {}
    return str(known.get(row.price_list.kind, row.price_list.kind))


def _error(row: Any) -> str:
    return str(row.error)


PRICE_SHEETS = Listing(
    name="operator.price_sheets",
    title=_("Price sheets"),
    right="vendor_connections.view",
    actor_of=actor_of,
    rows=price_sheets_visible_to,
    filters_shown=(),
    related=("price_list__connection",),
    without=("price_list__connection__secrets",),
    empty=_(
        "What a vendor asks of us appears here once its price sheets are read: every day, over connections that work."
    ),
    columns=(
        Column("day", _("Day"), day("day")),
        Column(
            "connection",
            _("Connection"),
            text("price_list.connection"),
            link=to("operator:vendor_connection", "price_list.connection_id"),
        ),
        Column("kind", _("Price list"), computed(_kind)),
        Column("market", _("Market"), country("price_list.market")),
        Column("state", _("State"), status("state")),
        Column("lines", _("Lines"), number("lines")),
        Column("added", _("New prices"), number("added")),
        Column("changed", _("Changed prices"), number("changed")),
        Column("ended", _("Ended prices"), number("ended")),
        Column("error", _("Why it was not taken"), computed(_error)),
        Column("id", _("ID"), text("id"), sort="id", shown=False),
    ),
    quick=(
        Quick("attention", _("Needs attention"), ~Q(state=SheetState.TAKEN)),
        Quick("changed", pgettext_lazy("several", "With changes"), Q(changed__gt=0) | Q(added__gt=0) | Q(ended__gt=0)),
    ),
)
