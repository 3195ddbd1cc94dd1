"""Vendors' price sheets are read once a day, and whoever sells below what they say from some day on is told in time."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from hashlib import blake2b

from django.db import transaction
from django.utils.functional import lazy

from accounts.models import Reseller
from core.countries import country_name
from notifications.announce import announce
from subscriptions.contract.vendor_costs import BelowCost, below_cost
from subscriptions.models import Subscription, SubscriptionStatus
from vendors.capabilities import PublishesPrices
from vendors.errors import sentence
from vendors.models import ConnectionState, VendorConnection
from vendors.price_rows import PriceSheet, SheetState
from vendors.price_sheets import publishes_prices, read_price_lists
from vendors.registry import plugins

# A letter lists so many prices, and says how many more there are.
LISTED = 50


def read_price_sheets(*, now: datetime, today: date) -> int:
    """Read the sheets of today that are not there yet; return how many came. May be killed at any line."""
    slugs = [plugin.slug for plugin in plugins() if isinstance(plugin, PublishesPrices)]
    granted = VendorConnection.objects.filter(plugin__in=slugs, state=ConnectionState.GRANTED)
    came = 0
    for connection in granted.select_related("reseller").order_by("pk"):
        sheets = read_price_lists(connection, markets=_markets(connection), now=now, today=today)
        came += sum(sheet.state == SheetState.TAKEN for sheet in sheets)
        _tell_refused(connection, [sheet for sheet in sheets if sheet.state == SheetState.REFUSED])
    _tell_untold(today)
    return came


def _markets(connection: VendorConnection) -> set[str]:
    """Return the countries of the customers who buy over a connection."""
    bought = Subscription.objects.filter(plan__template__connection=connection)
    living = bought.exclude(status=SubscriptionStatus.DELETED)
    return set(living.order_by().values_list("account__country", flat=True).distinct())


def _tell_refused(connection: VendorConnection, sheets: Sequence[PriceSheet]) -> None:
    """Tell the administrators of sheets that cannot be read; the same of a list once a month."""
    kinds = publishes_prices(connection).price_kinds
    for sheet in sheets:
        row = sheet.price_list
        mark = blake2b(f"{sheet.error_message} {sheet.error_values}".encode(), digest_size=8).hexdigest()
        announce(
            "price_sheet_refused",
            reseller=connection.reseller,
            key=f"{row.pk}:{sheet.day:%Y-%m}:{mark}",
            about=("vendor_connection", connection.pk),
            context={
                "connection": connection.name,
                "kind": kinds.get(row.kind, row.kind),
                "market": lazy(partial(country_name, row.market), str)(),
                "reason": lazy(partial(sentence, sheet.error_message, sheet.error_values), str)(),
            },
        )


def _tell_untold(today: date) -> None:
    """Tell each reseller whose sheets have changed which of its prices are below cost; then they are told."""
    while True:
        with transaction.atomic():
            sheets = PriceSheet.objects.select_for_update(of=("self",)).filter(told=False)
            sheet = sheets.select_related("price_list__connection__reseller").order_by("pk").first()
            if sheet is None:
                return
            connection = sheet.price_list.connection
            PriceSheet.objects.filter(told=False, price_list__connection=connection).update(told=True)
            tell_below_cost(connection.reseller, today=today)


def tell_below_cost(reseller: Reseller, *, today: date) -> None:
    """Tell the administrators which prices are below what the vendor asks, in one letter; the same prices once."""
    found = below_cost(reseller, today=today)
    if not found:
        return
    announce(
        "prices_below_cost",
        reseller=reseller,
        about=("plan", found[0].plan_id),
        key=f"{reseller.pk}:{_mark(found)}",
        context={
            "plans": ", ".join(dict.fromkeys(one.plan for one in found[:LISTED])),
            "prices": found[:LISTED],
            "more": len(found[LISTED:]),
        },
    )


def _mark(found: Sequence[BelowCost]) -> str:
    """Return what tells these prices from others, on whichever day they are found."""
    said = "\n".join(f"{one.resource_id} {one.market} {one.price} {one.cost}" for one in found)
    return blake2b(said.encode(), digest_size=16).hexdigest()
