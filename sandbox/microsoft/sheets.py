"""Price sheets: what a row says, and the rows of a market, few or as many as a bench wants."""

import csv
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO
from typing import IO, cast

from sandbox.microsoft.catalogue import currency_of
from sandbox.microsoft.offer import CYCLE_MONTHS, MONTHS
from sandbox.microsoft.offers import SOLD, Offer
from sandbox.microsoft.shapes import Json, add_months, read_moment, stamp
from sandbox.microsoft.term_end import extended_sku
from sandbox.microsoft.world import World

COLUMNS = (
    "ProductTitle",
    "ProductId",
    "SkuId",
    "SkuTitle",
    "Publisher",
    "SkuDescription",
    "UnitOfMeasure",
    "TermDuration",
    "BillingPlan",
    "Market",
    "Currency",
    "UnitPrice",
    "PricingTierRangeMin",
    "PricingTierRangeMax",
    "EffectiveStartDate",
    "EffectiveEndDate",
    "Tags",
    "ERP Price",
    "Segment",
)
LICENCES, EXTENDED = "updatedlicensebased", "licensebasedest"
PLANS = {"monthly": "Monthly", "annual": "Annual", "triennial": "Triennial", "none": "None"}
# US dollars for one unit of each currency; fixed for a month at Microsoft, for ever here.
DOLLARS = {"USD": Decimal(1), "EUR": Decimal("1.08"), "GBP": Decimal("1.27"), "RUB": Decimal("0.0125")}
PARTNERS_PART = Decimal("0.8")  # of what the customer is asked for
MONTH_PREMIUM = Decimal("1.2")  # for a term of a month
INSTALMENT_PREMIUM = Decimal("1.05")  # for a longer term that is paid by the month
EXTENDED_PREMIUM = {True: Decimal("1.03"), False: Decimal("1.23")}  # with a monthly plan, and without
FIRST_DAY = "2025-01-01"
FOR_EVER = "9999-12-31T00:00:00.0000000Z"
CHUNK = 2_000  # rows that are sent at once
CENT = Decimal("0.01")


def _periods(world: World, offer: Offer) -> list[tuple[float, float | None, Decimal]]:
    """Return from when to when which price (US$ a seat and month) is asked of the customer, the oldest first."""
    product, sku = offer.modern or ("", "")
    changes = [(read_moment(FIRST_DAY) or 0.0, Decimal(offer.price))]
    kept = world.store.get("price", f"{product}/{sku}".lower()) or {"changes": []}
    changes += sorted((change["since"], Decimal(change["price"])) for change in kept["changes"])
    ends: list[float | None] = [since for since, _ in changes[1:]]
    return [(since, end, price) for (since, price), end in zip(changes, [*ends, None], strict=True)]


def set_price(world: World, offer: Offer, price: str, since: float) -> None:
    """Keep that an offer costs the customer so much (US$ a seat and month) from a moment on."""
    product, sku = offer.modern or ("", "")
    key = f"{product}/{sku}".lower()
    kept = world.store.get("price", key) or {"changes": []}
    world.store.put("price", key, {"changes": [*kept["changes"], {"since": since, "price": str(Decimal(price))}]})


def _asked(world: World, monthly: Decimal, term: str, cycle: str, *, extended: bool, by_month: bool) -> Decimal:
    """Return what is asked of the customer for a term, or for one instalment where sheets say those."""
    months = MONTHS[term]
    if world.switch("sheet_price_of") == "instalment":
        months = CYCLE_MONTHS.get(cycle, months)
    asked = monthly * months
    if term == "P1M":
        asked *= EXTENDED_PREMIUM[by_month] if extended else MONTH_PREMIUM
    elif cycle == "monthly":
        asked *= INSTALMENT_PREMIUM
    return asked


def _in_time(world: World, begin: float, end: float | None, timeline: str, month: float | None) -> bool:
    """Say whether a price belongs to a sheet: what is in force now, what will be, or what was during a month."""
    now = world.now()
    if timeline == "future":
        return begin > now
    if timeline == "history":
        first = month if month is not None else add_months(now, -1)
        return begin < add_months(first, 1) and (end is None or end > first)
    return begin <= now and (end is None or end > now)


def rows(world: World, market: str, view: str, *, timeline: str, month: float | None) -> Iterator[list[str]]:
    """Yield the rows of a market's sheet: those of the catalogue, then made-up ones up to the switch `sheet_rows`."""
    count = 0
    for offer in SOLD:
        for begin, end, monthly in _periods(world, offer) if offer.modern else ():
            if not _in_time(world, begin, end, timeline, month):
                continue
            dates = (stamp(begin, digits=7), stamp(end, digits=7) if end else FOR_EVER)
            for term, cycle in (("P1M", "monthly"),) if view == EXTENDED else offer.plans:
                if view == EXTENDED and offer.trial:
                    continue
                count += 1
                yield _row(world, offer, market, (term, cycle), monthly, dates, extended=view == EXTENDED)
    if timeline == "current":
        yield from _made_up(market, int(world.switch("sheet_rows")) - count)


def _row(
    world: World,
    offer: Offer,
    market: str,
    plan: tuple[str, str],
    monthly: Decimal,
    dates: tuple[str, str],
    *,
    extended: bool,
) -> list[str]:
    product, sku = offer.modern or ("", "")
    currency = currency_of(market)
    by_month = ("P1M", "monthly") in offer.plans
    asked = _asked(world, monthly, *plan, extended=extended, by_month=by_month) / DOLLARS[currency]
    erp = asked.quantize(CENT, ROUND_HALF_UP)
    return [
        offer.name,
        product,
        extended_sku(sku) if extended else sku,
        f"{offer.name} (Extended Service Term)" if extended else offer.name,
        "Microsoft Corporation",
        offer.description,
        "1 License",
        plan[0],
        PLANS[plan[1]],
        market,
        currency,
        str((asked * PARTNERS_PART).quantize(CENT, ROUND_HALF_UP)),
        "",
        "",
        *dates,
        "",
        str(erp),
        # What the catalogue calls nonprofit, price lists that partners hand on call so.
        "Charity" if offer.segment == "nonprofit" else offer.segment.capitalize(),
    ]


def _made_up(market: str, count: int) -> Iterator[list[str]]:
    """Yield rows of products that the catalogue does not have: three plans of each."""
    currency = currency_of(market)
    plans = (("P1M", "Monthly"), ("P1Y", "Monthly"), ("P1Y", "Annual"))
    begin = f"{FIRST_DAY}T00:00:00.0000000Z"
    for number in range(max(0, count)):
        product, (term, plan) = number // 3, plans[number % 3]
        cents = 100 + product % 9_900
        yield [
            f"Sandbox Service {product}",
            f"CFQ7TTCZ{product:04X}",
            "0001",
            f"Sandbox Service {product}, seats",
            "Microsoft Corporation",
            f'A service that only price sheets know, "{product}", as long as what Microsoft writes about its own.',
            "1 License",
            term,
            plan,
            market,
            currency,
            f"{cents * 8 // 1000}.{cents * 8 // 10 % 100:02d}",
            "",
            "",
            begin,
            FOR_EVER,
            "",
            f"{cents // 100}.{cents % 100:02d}",
            "Commercial",
        ]


def as_csv(sheet: Iterator[list[str]]) -> Iterator[bytes]:
    """Yield a sheet as CSV with its header, some thousand rows at a time."""
    buffer = StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for number, row in enumerate(sheet, start=1):
        writer.writerow(row)
        if number % CHUNK == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


class _Outlet:
    """A file that can only be written, whose content is taken away as it comes."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Keep what is written until it is taken."""
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits anywhere else."""

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


def as_zip(name: str, parts: Iterator[bytes]) -> Iterator[bytes]:
    """Yield a ZIP of one file, written as its content comes."""
    outlet = _Outlet()
    with zipfile.ZipFile(cast("IO[bytes]", outlet), "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open(name, "w", force_zip64=True) as member:
            for part in parts:
                member.write(part)
                yield outlet.taken()
        yield outlet.taken()
    yield outlet.taken()


def rates(world: World, month: str) -> Json | None:
    """Return what a unit of each currency is worth in a month, None for a month that has not begun."""
    first = read_moment(f"{month[:4]}-{month[4:]}-01") if len(month) == 6 else None
    if first is None or first > world.now():
        return None
    return {currency: str(dollars) for currency, dollars in DOLLARS.items()}


def month_of(text: str) -> float | None:
    """Return the beginning of a month written YYYYMM, None for anything else."""
    try:
        return datetime.strptime(text, "%Y%m").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None
