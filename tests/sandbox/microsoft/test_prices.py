"""Price sheets and exchange rates over HTTP."""

import csv
import zipfile
from io import BytesIO, StringIO
from typing import Any

import pytest
import requests

from sandbox.microsoft import Microsoft
from sandbox.microsoft.sheets import COLUMNS
from tests.sandbox.microsoft.asking import E3_SKU, PREMIUM_SKU, Asker

SCOPE = "https://api.partner.microsoft.com/user_impersonation"
SHEET = "/v1.0/sales/pricesheets(Market='{}',PricesheetView='{}')/$value"


@pytest.fixture
def buyer(partner: Asker, microsoft: Microsoft) -> Asker:
    """A caller whose token is for the prices."""
    microsoft.set_clock(at="2026-06-10T12:00:00", stopped=True)
    granted = microsoft.grant_consent()["refresh_token"]
    partner.token = partner.refresh(granted, scope=SCOPE).json["access_token"]
    return partner


def fetch(buyer: Asker, path: str, **headers: str) -> requests.Response:
    """Ask the other host, as a library that says nothing of compression."""
    sent = {"Authorization": f"Bearer {buyer.token}", "Accept-Encoding": "identity"} | headers
    return buyer.http.get(f"{buyer.base_url}/partner{path}", headers=sent, timeout=60)


def sheet(buyer: Asker, market: str = "US", view: str = "updatedlicensebased", query: str = "") -> list[dict[str, str]]:
    """Return the rows of a sheet."""
    answer = fetch(buyer, SHEET.format(market, view) + query)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/csv"), answer.text
    return list(csv.DictReader(StringIO(answer.content.decode())))


def prices(rows: list[dict[str, str]], sku: tuple[str, str]) -> dict[str, tuple[str, str]]:
    """Return what each plan of a SKU costs: the partner, the customer."""
    return {
        f"{row['TermDuration']}/{row['BillingPlan']}": (row["UnitPrice"], row["ERP Price"])
        for row in rows
        if (row["ProductId"], row["SkuId"]) == sku
    }


def test_sheet_has_a_row_for_each_plan_of_each_sku(buyer: Asker) -> None:
    rows = sheet(buyer)
    assert tuple(rows[0]) == COLUMNS
    assert prices(rows, PREMIUM_SKU) == {
        "P1M/Monthly": ("21.12", "26.40"),
        "P1Y/Monthly": ("221.76", "277.20"),
        "P1Y/Annual": ("211.20", "264.00"),
    }
    first = next(row for row in rows if row["ProductId"] == PREMIUM_SKU[0])
    assert (first["Market"], first["Currency"], first["Segment"]) == ("US", "USD", "Commercial")
    assert first["EffectiveStartDate"] == "2025-01-01T00:00:00.0000000Z"
    assert {row["Segment"] for row in rows} == {"Commercial", "Education", "Government", "Charity"}


def test_sheet_may_say_instalments_and_speaks_the_markets_currency(buyer: Asker, microsoft: Microsoft) -> None:
    microsoft.behave(sheet_price_of="instalment")
    euros = sheet(buyer, "DE")
    assert {row["Currency"] for row in euros} == {"EUR"}
    assert prices(sheet(buyer), E3_SKU)["P3Y/Annual"] == ("220.80", "276.00")
    assert prices(sheet(buyer), PREMIUM_SKU)["P1Y/Monthly"] == ("18.48", "23.10")


def test_extended_term_has_a_sheet_of_its_own(buyer: Asker) -> None:
    rows = sheet(buyer, view="licensebasedest")
    assert prices(rows, (PREMIUM_SKU[0], "E002")) == {"P1M/Monthly": ("18.13", "22.66")}


def test_changed_price_is_in_the_future_sheet_before_it_is_valid(buyer: Asker, microsoft: Microsoft) -> None:
    microsoft.set_price(product=PREMIUM_SKU[0], sku=PREMIUM_SKU[1], price="25.00", since="2026-07-01")

    def of(query: str) -> Any:
        found = [row for row in sheet(buyer, query=query) if (row["ProductId"], row["SkuId"]) == PREMIUM_SKU]
        return {(row["ERP Price"], row["EffectiveEndDate"][:10]) for row in found if row["BillingPlan"] == "Annual"}

    assert of("") == of("?timeline=current") == {("264.00", "2026-07-01")}
    assert of("?timeline=future") == {("300.00", "9999-12-31")}
    assert of("?timeline=history&month=202605") == {("264.00", "2026-07-01")}
    microsoft.set_clock(at="2026-07-01T00:00:00", stopped=True)
    granted = microsoft.grant_consent()["refresh_token"]
    buyer.token = buyer.refresh(granted, scope=SCOPE).json["access_token"]
    assert of("") == {("300.00", "9999-12-31")}
    with pytest.raises(ValueError, match="set the price"):
        microsoft.set_price(product="none", sku="0001", price="1", since="2026-07-01")


def test_sheet_comes_in_a_zip_to_those_who_say_deflate(buyer: Asker, microsoft: Microsoft) -> None:
    microsoft.behave(sheet_rows=5_000)
    plain = fetch(buyer, SHEET.format("US", "updatedlicensebased"))
    assert plain.headers["Transfer-Encoding"] == "chunked"
    zipped = fetch(buyer, SHEET.format("US", "updatedlicensebased"), **{"Accept-Encoding": "gzip, deflate"})
    assert (zipped.headers["Content-Type"], "Content-Encoding" in zipped.headers) == ("application/zip", False)
    archive = zipfile.ZipFile(BytesIO(zipped.content))
    assert archive.read(archive.namelist()[0]) == plain.content
    assert plain.content.count(b"\r\n") == 5_001
    rows = list(csv.DictReader(StringIO(plain.content.decode())))
    keys = {(row["ProductId"], row["SkuId"], row["TermDuration"], row["BillingPlan"]) for row in rows}
    assert len(keys) == 5_000


@pytest.mark.parametrize("encoding", ["identity", "deflate"])
def test_connection_may_be_lost_within_a_sheet(buyer: Asker, microsoft: Microsoft, encoding: str) -> None:
    microsoft.behave(sheet_rows=10_000)
    microsoft.fail("cut_sheet", rows=9_000)
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        fetch(buyer, SHEET.format("US", "updatedlicensebased"), **{"Accept-Encoding": encoding})
    assert len(sheet(buyer)) == 10_000


def test_rates_are_those_of_a_month_that_has_begun(buyer: Asker) -> None:
    answer = fetch(buyer, "/v1.0/sales/fxrates(Month='202606')/$value")
    rates = list(csv.DictReader(StringIO(answer.text)))
    assert rates[1] == {"CurrencyCode": "EUR", "USDPerUnit": "1.08", "Month": "202606"}
    for month in ("202607", "june", "20266"):
        assert fetch(buyer, f"/v1.0/sales/fxrates(Month='{month}')/$value").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (SHEET.format("XX", "updatedlicensebased"), 404),
        (SHEET.format("US", "azure_consumption"), 404),
        (SHEET.format("US", "updatedlicensebased") + "?timeline=never", 400),
        (SHEET.format("US", "updatedlicensebased") + "?timeline=history&month=2026", 400),
        ("/v1.0/sales", 404),
    ],
)
def test_what_is_not_there_is_refused(buyer: Asker, path: str, status: int) -> None:
    assert fetch(buyer, path).status_code == status


def test_token_of_another_audience_is_bad_and_an_app_alone_is_refused(buyer: Asker, microsoft: Microsoft) -> None:
    path = SHEET.format("US", "updatedlicensebased")
    microsoft.fail("throttle", path="/pricesheets")
    assert fetch(buyer, path).status_code == 429
    buyer.token, partners = "", buyer.sign_in(microsoft).token
    for token in ("", "rubbish", partners):
        buyer.token = token
        assert fetch(buyer, path).status_code == 400
    scope = "https://api.partner.microsoft.com/.default"
    buyer.token = buyer.tokens(grant_type="client_credentials", scope=scope).json["access_token"]
    assert fetch(buyer, path).status_code == 403
