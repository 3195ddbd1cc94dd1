"""Microsoft's price sheets (microsoft-2026.md, section 6): which there are, how they are fetched, what is bought where.

The sheets of licences and of the extended service term, by market: that of today, and that of the coming month with it,
which has only what changes.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, ClassVar
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from requests import Response

from vendors.base import Connection, Field, FieldKind
from vendors.capabilities import ListedPrice, PriceKey, PublishedPrices, PublishesPrices
from vendors.errors import ConsentNeeded, Country, NotFound, Transient
from vendors.microsoft.consent import token_for
from vendors.microsoft.errors import GATEWAY
from vendors.microsoft.price_lines import lines_of, product_id, sku_id
from vendors.microsoft.servers import server_of

PRICES_BASE = "https://api.partner.microsoft.com/v1.0"
SCOPES = ["https://api.partner.microsoft.com/.default"]
LICENCES, EXTENDED = "licences", "extended"
# What Partner Center calls our kinds; that of the extended service term is named by a client library only [PLI].
VIEWS = {LICENCES: "updatedlicensebased", EXTENDED: "licensebasedest"}
# Published sheets have some 42 MB; more than this is none.
MOST_BYTES = 2**30
# What the two answers to the setting `unit_price_is_for` are called. Microsoft's page "New commerce price list" says:
# for the term being purchased.
TERM, INSTALMENT = "term", "instalment"
MONTHS_OF_TERM = {"P1M": 1, "P1Y": 12, "P3Y": 36}
MONTHS_OF_CYCLE = {"monthly": 1, "annual": 12, "triennial": 36}
BILLING_PLANS = {"monthly": "Monthly", "annual": "Annual", "triennial": "Triennial"}

NO_SHEET = gettext_noop("Microsoft publishes no price sheet of this kind for %(market)s.")
NOT_FOR_US = gettext_noop(
    "Microsoft does not show us its prices (%(status)s). The account that granted the permissions has to be an admin"
    " agent or a sales agent: grant them again with such an account."
)
FIELDS = (
    Field(
        "price_base_url",
        _("Server of price sheets"),
        FieldKind.URL,
        default=PRICES_BASE,
        required=False,
        help=_("Empty: no price sheets are read over this connection."),
    ),
    Field(
        "unit_price_is_for",
        _("A price of the price sheets is for"),
        FieldKind.CHOICE,
        choices=((TERM, _("the whole term")), (INSTALMENT, _("one instalment of the term"))),
        default=TERM,
        help=_("Compare an invoice of Microsoft's for a yearly term that is billed monthly."),
    ),
)


class MicrosoftPrices(PublishesPrices):
    """The price sheets of Partner Center; a plugin with them has `FIELDS` among its settings."""

    price_kinds: ClassVar[Mapping[str, object]] = {
        LICENCES: _("Licences"),
        EXTENDED: _("Extended service term"),
    }

    def published(self, connection: Connection, markets: Collection[str]) -> tuple[PublishedPrices, ...]:
        """Return both sheets of each market and of the connection's own country."""
        if not prices_base(connection):
            return ()
        every = sorted({connection.setting("country", "US"), *markets} - {""})
        return tuple(PublishedPrices(kind, market) for market in every for kind in VIEWS)

    def listed(self, connection: Connection, which: PublishedPrices) -> Iterator[ListedPrice]:
        """Yield today's sheet, then that of the coming month, which has what changes."""
        token = token_for(connection, SCOPES)
        month = _coming_month(connection.now)
        with ExitStack() as open_files:
            today, coming = (open_files.enter_context(TemporaryFile()) for _each in range(2))
            if not _fetched(connection, which, token, today, {}):
                raise NotFound(NO_SHEET, code="no_price_sheet", sought=which.kind, market=Country(which.market))
            has_coming = _fetched(connection, which, token, coming, {"timeline": "future", "month": month})
            yield from lines_of(today, market=which.market)
            if has_coming:
                yield from lines_of(coming, market=which.market, mark=f"{month}/")

    def price_key(self, settings: Mapping[str, str], offer: str, options: Mapping[str, str]) -> PriceKey | None:
        """Return the line of a catalogue item (product:sku, or with an availability); older offers have none."""
        parts = offer.split(":")
        cycle = options.get("billing_cycle") or "monthly"
        term = options.get("term_duration") or ("P1M" if cycle == "monthly" else "P1Y")
        if len(parts) < 2 or not all(parts) or term not in MONTHS_OF_TERM or cycle not in BILLING_PLANS:
            return None
        months = MONTHS_OF_TERM[term]
        if (settings.get("unit_price_is_for") or TERM) == INSTALMENT:
            months = min(months, MONTHS_OF_CYCLE[cycle])
        segment = options.get("segment") or "Commercial"
        return PriceKey(product_id(parts[0]), sku_id(parts[1]), term, BILLING_PLANS[cycle], segment, months)


def prices_base(connection: Connection) -> str:
    """Return the server of the price sheets; "" where the connection has none."""
    return server_of(connection, "price_base_url", PRICES_BASE)


def _coming_month(now: datetime) -> str:
    """Return the month after that of a moment, as Partner Center writes it."""
    year, month = divmod(now.year * 12 + now.month, 12)
    return f"{year}{month + 1:02}"


def _fetched(
    connection: Connection, which: PublishedPrices, token: str, into: IO[bytes], params: Mapping[str, str]
) -> bool:
    """Fetch a sheet into a file; return whether there is one. Raises VendorError."""
    view = VIEWS[which.kind]
    url = f"{prices_base(connection)}/sales/pricesheets(Market='{which.market}',PricesheetView='{view}')/$value"
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "deflate"}
    response = connection.http.download(url, into, most=MOST_BYTES, headers=headers, params=dict(params))
    if response.status_code == 200:
        return True
    if response.status_code == 404:
        return False
    raise _trouble(response)


def _trouble(response: Response) -> Exception:
    """Return what an answer means that is no sheet: Partner Center answers a token it does not take with 400."""
    status = response.status_code
    if status in (400, 401, 403):
        return ConsentNeeded(NOT_FOR_US, code=str(status), status=status)
    return Transient(GATEWAY, code=str(status), server=urlsplit(response.url or "").netloc, status=status)
