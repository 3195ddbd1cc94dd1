"""The journal of exchanges with a vendor, a tab of its connection."""

from typing import Any

from django.db.models import Q
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import actor_of
from core.lists.columns import Column, computed, moment, number, text
from core.lists.listing import Listing, Quick
from core.lists.search import FieldSearch
from vendors.filters import ExchangeFilter
from vendors.queries import exchanges_visible_to


def _answer(row: Any) -> object:
    return row.status or row.error


def _whole(row: Any) -> str:
    """Return the whole address, which may break anywhere: its end is what tells two calls apart."""
    return format_html('<span class="whole">{}</span>', row.url)


VENDOR_EXCHANGES = Listing(
    name="operator.vendor_exchanges",
    title=_("Journal"),
    right="vendor_connections.view",
    own_page=False,
    actor_of=actor_of,
    rows=exchanges_visible_to,
    filterset=ExchangeFilter,
    filters_shown=("method", "status", "at"),
    search=FieldSearch(("url", "request_id", "error", "method")),
    search_hint=_("Address, request id, error…"),
    without=("request_headers", "request_body", "response_headers", "response_body"),
    empty=_("Nothing was exchanged yet."),
    columns=(
        Column("at", _("At"), moment("at")),
        Column("method", _("Method")),
        Column("url", _("Address"), computed(lambda row: row.url, _whole)),
        Column("answer", _("Answer"), computed(_answer, end=True)),
        Column("milliseconds", _("Milliseconds"), number("milliseconds")),
        Column("request_id", _("Request id")),
        Column("error", _("Error"), shown=False),
        Column("operation_id", _("Operation"), text("operation_id"), shown=False),
        Column("id", _("ID"), text("id"), sort="id", shown=False),
    ),
    quick=(
        Quick("failed", pgettext_lazy("several", "Failed"), Q(status__gte=400) | ~Q(error="")),
        Quick("changes", _("Changing something"), ~Q(method__in=("GET", "HEAD"))),
    ),
)
