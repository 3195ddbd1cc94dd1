"""What is billed, and the reports of it: seats that stand at half past midnight count for the day."""

from collections.abc import Callable

import pytest

from sandbox.eset import Eset
from tests.sandbox.eset.asking import NOD32, SERVER, Asker

Until = Callable[[str], None]


@pytest.fixture
def until(msp: Asker, eset: Eset) -> Until:
    """Let the clock stand at a moment, in the vendor's winter time, and sign in anew."""

    def go(moment: str) -> None:
        eset.set_clock(at=f"{moment}+01:00", stopped=True)
        msp.sign_in()

    go("2026-11-10T12:00")
    return go


def test_a_day_is_billed_by_what_stands_at_half_past_midnight(msp: Asker, eset: Eset, until: Until) -> None:
    key = msp.order(msp.company(), 5)
    until("2026-11-11T00:20")
    msp.ask("License/UpdateQuantity", publicLicenseKey=key, quantity=8)
    until("2026-11-11T15:00")
    for units in (20, 3):
        msp.ask("License/UpdateQuantity", publicLicenseKey=key, quantity=units)
    until("2026-11-12T09:00")
    assert [(row["day"], row["seats"]) for row in eset.billed()] == [("2026-11-11", 8), ("2026-11-12", 3)]


def test_the_day_of_suspension_is_billed_and_none_after_it(msp: Asker, eset: Eset, until: Until) -> None:
    early, late = msp.order(msp.company("Acme"), 5), msp.order(msp.company("Beta"), 7)
    until("2026-11-11T00:10")
    msp.ask("License/Suspend", publicLicenseKey=early)
    until("2026-11-11T18:00")
    msp.ask("License/Suspend", publicLicenseKey=late)
    until("2026-11-14T18:00")
    assert {(row["day"], row["seats"]) for row in eset.billed()} == {("2026-11-11", 5), ("2026-11-11", 7)}
    msp.ask("License/Unsuspend", publicLicenseKey=late)
    until("2026-11-15T18:00")
    assert [row["seats"] for row in eset.billed(day="2026-11-15")] == [7]


def test_reports_sum_seat_days_by_product_and_company(msp: Asker, eset: Eset, until: Until) -> None:
    first, second = msp.company("Acme"), msp.company("Beta")
    msp.order(first, 5)
    msp.order(first, 2, product=SERVER)
    msp.order(second, 3, kind=4)
    until("2026-11-13T12:00")
    days = {"from": "2026-11-01", "to": "2026-11-30", "skip": 0, "take": 10}
    told = msp.ask("UsageReport/Monthly/products", companyId=first, codes=[NOD32], **days)
    product = {"code": NOD32, "name": "ESET NOD32 Antivirus Business Edition", "licenseType": 1}
    assert told["products"] == [{**product, "seatDays": 15, "seats": 5}]
    assert (told["totalUsage"], told["totalCount"], told["companyName"]) == (15, 1, "Acme")
    by_day = msp.ask("UsageReport/Daily/products", companyId=first, **{**days, "to": "2026-11-12"})["products"]
    assert [[day["usage"] for day in one["usagePerDays"]] for one in by_day] == [[5, 5], [2, 2]]
    everybody = msp.ask("UsageReport/AllCompanies/products", **days)
    assert [one["totalUsage"] for one in everybody["companies"]] == [21, 9]
    chosen = msp.ask("UsageReport/SelectedCompanies/products", companyIds=[second], **days)
    assert [one["products"][0]["licenseType"] for one in chosen["companies"]] == [4]
    assert {row["product"] for row in eset.billed()} == {NOD32, SERVER}, "trials cost nothing"
