"""The calendar of windows and renewals, as both panels list it: columns, quick filters, prices of the next terms."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.lists.columns import Cell, Column, choice, money, number, text, unit_price
from core.lists.listing import Asker, Quick
from core.panel.formats import day_text, moment_text
from subscriptions.contract.handover import start_of
from subscriptions.contract.next_terms import day_of, next_prices
from subscriptions.models import WINDOWS, CommitmentDate

# What a page of the calendar reads of other tables; the second without it.
RELATED = ("commitment", "subscription__plan__template__connection")
WITHOUT = tuple(f"subscription__{name}" for name in ("search_vector", "attributes", "parameters", "vendor_ids"))


def when(row: CommitmentDate) -> date | datetime:
    """Return the moment at which a window closes, or the day on which the next term begins."""
    return row.at if row.is_window else day_of(row)


def when_text(row: CommitmentDate) -> str:
    """Return the same in words."""
    return moment_text(row.at) if row.is_window else day_text(day_of(row))


def with_prices(rows: list[Any]) -> None:
    """Note on the dates what a unit, and all of them, cost a month from then on; nothing where nothing goes on."""
    prices = next_prices(rows)
    for row in rows:
        price = prices.get(row.pk)
        row.unit_price = price.unit_price if price is not None else None
        row.monthly = price.monthly if price is not None else None


def _within(days: int) -> Any:
    def condition(asker: Asker) -> Q:
        return Q(at__gte=start_of(asker.today), at__lt=start_of(asker.today + timedelta(days=days)))

    return condition


WHEN = Cell(value=when, html=when_text, kind="moment")
UNITS = Column("units", _("Units"), number("units"))
RESOURCE = Column("resource", _("Resource"), text("commitment.name"))
PRICES = (
    Column(
        "unit_price", _("Price of a unit and month"), unit_price("unit_price", "subscription.currency"), shown=False
    ),
    Column("monthly", _("Each month from then on"), money("monthly", "subscription.currency")),
)
TERM = Column("term", _("Term"), text("commitment.term"), shown=False)
WHAT = Column("kind", _("What"), choice("kind"))
QUICK = (
    Quick("today", _("Today"), _within(1)),
    Quick("week", _("This week"), _within(7)),
    Quick("windows", _("Open windows"), Q(kind__in=WINDOWS)),
    Quick("ends", _("Renewals and ends"), ~Q(kind__in=WINDOWS)),
)
EMPTY = _("What can be given back or cancelled, and what is renewed when, appears here once a vendor has told it.")
