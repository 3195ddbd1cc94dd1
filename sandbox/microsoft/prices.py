"""The other host, api.partner.microsoft.com: price sheets and exchange rates, as CSV or in a ZIP, streamed."""

import re
from collections.abc import Iterator
from itertools import islice

from sandbox.microsoft.callers import is_app_only
from sandbox.microsoft.faults import Fault, before_acting
from sandbox.microsoft.sheets import EXTENDED, LICENCES, as_csv, as_zip, month_of, rates, rows
from sandbox.microsoft.tokens import PRICES, read_access_token
from sandbox.microsoft.validation import COUNTRIES
from sandbox.microsoft.world import PARTNER_TENANT, World
from sandbox.wsgi import ConnectionDroppedError, Request, Response, Stream, json_answer

SHEET = re.compile(r"/v1\.0/sales/pricesheets\(Market='(\w+)',\s*PricesheetView='(\w+)'\)/\$value", re.IGNORECASE)
RATES = re.compile(r"/v1\.0/sales/fxrates\(Month='(\w+)'\)/\$value", re.IGNORECASE)
TIMELINES = ("history", "current", "future")


def refused(status: int, message: str) -> Response:
    """Return a refusal as this host writes it."""
    return json_answer(status, {"error": {"code": str(status), "message": message}})


class Prices:
    """Answers what api.partner.microsoft.com would."""

    def __init__(self, world: World) -> None:
        self.world = world

    def __call__(self, request: Request) -> Response | Stream:
        request.fault = self.world.faults.meet(request)
        try:
            early = before_acting(request.fault, bom=False) if request.fault else None
        except ConnectionDroppedError:
            self.world.note(request, status=None, replayed=False, body=None)
            raise
        answer = early or self._answer(request)
        self.world.note(request, status=answer.status, replayed=False, body=None)
        return answer

    def _answer(self, request: Request) -> Response | Stream:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        claims = read_access_token(self.world, token.strip()) if scheme.lower() == "bearer" else None
        if claims is None or claims["aud"] != PRICES or claims["tid"] != PARTNER_TENANT:
            return refused(400, "The token is missing or not for this resource.")
        request.caller = claims
        if is_app_only(request):
            return refused(403, "This resource does not support application-only authentication.")
        path = request.path.removeprefix("/partner")
        sheet, rate = SHEET.fullmatch(path), RATES.fullmatch(path)
        if request.method != "GET" or not (sheet or rate):
            return refused(404, "Not found")
        return self._sheet(request, sheet[1].upper(), sheet[2].lower()) if sheet else self._rates(request, rate)

    def _sheet(self, request: Request, market: str, view: str) -> Response | Stream:
        timeline = request.query.get("timeline", "current").lower()
        month = month_of(request.query["month"]) if "month" in request.query else None
        if market not in COUNTRIES or view not in (LICENCES, EXTENDED):
            return refused(404, f"There is no price sheet {view} of {market}.")
        if timeline not in TIMELINES or ("month" in request.query and month is None):
            return refused(400, f"timeline is one of {', '.join(TIMELINES)}, month YYYYMM.")
        content = rows(self.world, market, view, timeline=timeline, month=month)
        fault: Fault | None = request.fault
        if fault and fault.kind == "cut_sheet":
            content = _cut(content, int(fault.details.get("rows", 10)))
        return _sent(request, f"{market}_{view}.csv", as_csv(content))

    def _rates(self, request: Request, match: re.Match[str] | None) -> Response | Stream:
        month = match[1] if match else ""
        found = rates(self.world, month)
        if found is None:
            return refused(404, f"There are no exchange rates of {month}.")
        lines = [f"{currency},{dollars},{month}" for currency, dollars in found.items()]
        text = "\r\n".join(["CurrencyCode,USDPerUnit,Month", *lines, ""])
        return _sent(request, f"fxrates_{month}.csv", iter([text.encode()]))


def _sent(request: Request, name: str, parts: Iterator[bytes]) -> Stream:
    """Return a file: in a ZIP where the caller says deflate, which most HTTP libraries say unasked."""
    zipped = "deflate" in request.headers.get("accept-encoding", "").lower()
    kind = "application/zip" if zipped else "text/csv"
    shown = name.replace(".csv", ".zip") if zipped else name
    headers = [("Content-Type", kind), ("Content-Disposition", f'attachment; filename="{shown}"')]
    return Stream(200, as_zip(name, parts) if zipped else parts, headers)


def _cut(content: Iterator[list[str]], count: int) -> Iterator[list[str]]:
    """Yield some rows and then lose the connection."""
    yield from islice(content, count)
    raise ConnectionDroppedError
