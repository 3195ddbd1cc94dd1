"""What a vendor asks for a thing on a day: the dated prices of its lists, market by market."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from vendors.capabilities import PriceKey
from vendors.price_rows import VendorPrice


@dataclass(frozen=True, slots=True)
class Dated:
    """A row of the price lists: so much a unit from a day on, up to an end, for quantities of its tier."""

    kind: str
    market: str
    currency: str
    unit_price: Decimal
    retail_price: Decimal | None
    valid_from: date
    valid_until: date | None
    tier_from: int
    tier_to: int | None

    def is_for(self, units: int) -> bool:
        """Return whether so many units are of its tier."""
        return self.tier_from <= units and (self.tier_to is None or units <= self.tier_to)


@dataclass(frozen=True, slots=True)
class Priced:
    """The prices of one thing in one market, the oldest first; of one day the later written comes last."""

    rows: tuple[Dated, ...]

    def on(self, day: date, units: int = 1) -> Dated | None:
        """Return what holds on a day for so many units; None where the vendor does not sell it then."""
        tiers = {(row.kind, row.tier_from): row for row in self.rows if row.valid_from <= day}
        held = (row for row in tiers.values() if row.valid_until is None or day < row.valid_until)
        fitting = sorted((row for row in held if row.is_for(units)), key=lambda row: row.tier_from)
        return fitting[-1] if fitting else None

    def days(self, since: date) -> list[date]:
        """Return the days from `since` on, it among them, on which another price may begin."""
        found = {row.valid_from for row in self.rows} | {row.valid_until for row in self.rows if row.valid_until}
        return sorted({since, *(day for day in found if day > since)})


# A thing over a connection.
Wanted = tuple[int, PriceKey]


def vendor_prices(wanted: Collection[Wanted]) -> dict[Wanted, dict[str, Priced]]:
    """Return the prices of each thing by market, of what the books know any of. One statement, none for nothing."""
    if not wanted:
        return {}
    keys = {key for _connection, key in wanted}
    rows = (
        VendorPrice.objects.filter(
            price_list__connection__in={connection for connection, _key in wanted},
            product__in={key.product for key in keys},
            sku__in={key.sku for key in keys},
        )
        .order_by("valid_from", "pk")
        .values_list(
            "price_list__connection", "product", "sku", "term", "billing_plan", "segment",
            "price_list__kind", "price_list__market", "currency", "unit_price", "retail_price", "valid_from",
            "valid_until", "tier_from", "tier_to",
        )
    )  # fmt: skip
    found: dict[tuple[object, ...], dict[str, list[Dated]]] = {}
    for connection, product, sku, term, plan, segment, kind, market, *values in rows:
        of_one = found.setdefault((connection, product, sku, term, plan, segment), {})
        of_one.setdefault(market, []).append(Dated(kind, market, *values))
    return {
        (connection, key): _by_market(found[named])
        for connection, key in wanted
        if (named := (connection, key.product, key.sku, key.term, key.billing_plan, key.segment)) in found
    }


def _by_market(found: dict[str, Iterable[Dated]]) -> dict[str, Priced]:
    return {market: Priced(tuple(rows)) for market, rows in sorted(found.items())}
