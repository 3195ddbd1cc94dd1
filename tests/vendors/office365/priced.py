"""Office 365's bench with price sheets that a test writes line by line: a small server beside the sandbox's.

The sandbox's own sheets are those of its catalogue, rounded to cents; the suite's promises want prices as they are
given.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import parse_qs, unquote

from sandbox.microsoft import Microsoft
from sandbox.wsgi import Environ, Response, serve
from tests.vendors.benches import over_sandbox
from tests.vendors.office365.bench import WRONG_SECRET, Office365Bench
from vendors.base import Connection

# As the page "New commerce price list" has them.
HEADER = (
    "ProductTitle,ProductId,SkuId,SkuTitle,Publisher,SkuDescription,UnitOfMeasure,TermDuration,BillingPlan,Market,"
    "Currency,UnitPrice,PricingTierRangeMin,PricingTierRangeMax,EffectiveStartDate,EffectiveEndDate,Tags,"
    "ERP Price,Segment"
)
ROW = {
    "ProductTitle": "Microsoft 365 Business Basic",
    "ProductId": "CFQ7TTC0LH18",
    "SkuId": "0001",
    "SkuTitle": '"Basic, for ""small"" firms"',
    "Publisher": "Microsoft Corporation",
    "SkuDescription": '"Best for businesses\nthat need e-mail"',
    "UnitOfMeasure": "",
    "TermDuration": "P1Y",
    "BillingPlan": "Annual",
    "Market": "US",
    "Currency": "USD",
    "UnitPrice": "48.5",
    "PricingTierRangeMin": "",
    "PricingTierRangeMax": "",
    "EffectiveStartDate": "2023-02-01T00:00:00.0000000Z",
    "EffectiveEndDate": "9999-11-30T23:59:59.0000000Z",
    "Tags": "License",
    "ERP Price": "60",
    "Segment": "Commercial",
}
LICENCES = "updatedlicensebased"


def sheet(*rows: dict[str, str], header: str = HEADER) -> bytes:
    """Return a sheet; each row says what is not usual of it."""
    lines = [",".join({**ROW, **row}.values()) for row in rows]
    return "\r\n".join([header, *lines, ""]).encode("utf-8-sig")


@dataclass
class Prices:
    """api.partner.microsoft.com as far as sheets go: by market, view and month, "" for today's."""

    sheets: dict[tuple[str, str, str], bytes] = field(default_factory=dict)
    status: int = 200
    asked: list[tuple[str, dict[str, list[str]], str, str]] = field(default_factory=list)
    breaks_off: bool = False

    def __call__(self, environ: Environ, start_response: object) -> object:
        path, query = unquote(environ["PATH_INFO"]), parse_qs(environ["QUERY_STRING"])
        self.asked.append((path, query, environ["HTTP_ACCEPT_ENCODING"], environ["HTTP_AUTHORIZATION"]))
        market, view = path.split("'")[1], path.split("'")[3]
        content = self.sheets.get((market, view, query.get("month", [""])[0]))
        if self.status != 200 or content is None:
            return Response(self.status if self.status != 200 else 404)(environ, start_response)
        answer = Response(200, content, [("Content-Type", "application/octet-stream")])
        if self.breaks_off:
            answer = Response(200, content, [("Content-Length", str(len(content) + 1))])
        return answer(environ, start_response)


class PricedOffice365(Office365Bench):
    """See tests/vendors/pricing.py, PricedBench."""

    prices_url = ""

    def publishing(self, prices: Prices, base_url: str) -> None:
        """Have the connections ask that server for price sheets."""
        self.prices, self.prices_url, self.rows = prices, f"{base_url}/v1.0", list[dict[str, str]]()

    def connection(self) -> Connection:
        return self.opened(self.secrets, price_base_url=self.prices_url)

    def wrong_connection(self) -> Connection:
        tokens = {name: value for name, value in self.secrets.items() if name == "refresh_token"}
        return self.opened({**tokens, "client_secret": WRONG_SECRET}, price_base_url=self.prices_url)

    def publish(self, market: str, price: str, begins: date, ends: date | None) -> tuple[str, dict[str, str]]:
        end = f"{ends}T00:00:00Z" if ends else ROW["EffectiveEndDate"]
        row = {"Market": market, "UnitPrice": f'"{price}"', "EffectiveStartDate": f"{begins}T00:00:00Z"}
        self.rows.append({**row, "EffectiveEndDate": end})
        for view in (LICENCES, "licensebasedest"):
            self.prices.sheets[market, view, ""] = sheet(
                *(self.rows if view == LICENCES else [{"Market": market, "SkuId": "0009"}])
            )
        return f"{ROW['ProductId']}:{ROW['SkuId']}", {"term_duration": "P1Y", "billing_cycle": "annual"}


@contextmanager
def open_bench() -> Iterator[PricedOffice365]:
    """Yield a bench with a fresh Microsoft, a granted connection, and a server of price sheets."""
    prices = Prices()
    with over_sandbox(PricedOffice365, Microsoft()) as bench, serve(prices) as running:
        bench.consent()
        bench.publishing(prices, running.base_url)
        yield bench
