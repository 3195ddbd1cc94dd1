"""Price sheets are read for the markets of our customers, and who would sell below cost is told before it is so."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from notifications.models import Notification
from subscriptions.catalogue.prices import Fees, set_price
from subscriptions.models import Plan
from subscriptions.workers.price_sheets import read_price_sheets
from tests.factories import accounts as people
from tests.factories import subscriptions as make
from tests.vendors.example.vendor import ExampleVendor
from vendors.models import VendorConnection
from vendors.price_rows import PriceSheet

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 29)
NOW = datetime(2026, 11, 29, 1, tzinfo=UTC)
A_MONTH = timedelta(days=30)


def sold(cloud: VendorConnection, price: str) -> Plan:
    """Return a plan of traffic at a price a unit and month, with a customer in Germany."""
    plan = make.plan(connection=cloud, offer="traffic", prices={"units": price}, name="Traffic")
    account = people.account(reseller=plan.reseller, country="DE")
    make.subscription(account=account, plan=plan, quantities={"units": 1}, today=TODAY)
    return plan


def letters(event: str) -> list[str]:
    return list(Notification.objects.filter(event=event).order_by("pk").values_list("body_text", flat=True))


def test_who_will_sell_below_cost_is_told_before_it_is_so(cloud: VendorConnection, vendor: ExampleVendor) -> None:
    plan = sold(cloud, "10.00")
    change = TODAY + A_MONTH
    vendor.prices = {"DE": [f"traffic;9.5;USD;2026-01-01;{change}", f"traffic;12.25;USD;{change};"]}
    assert read_price_sheets(now=NOW, today=TODAY) == 1
    (letter,) = letters("prices_below_cost")
    assert "Traffic" in letter
    assert "(Germany): from 29 Dec 2026 a unit costs $12.25 a month" in letter
    assert "your price of that day is $10.00. Each unit would lose $2.25." in letter
    assert read_price_sheets(now=NOW, today=TODAY) == 0, "a sheet is read once a day"
    assert read_price_sheets(now=NOW, today=TODAY + timedelta(days=1)) == 1
    assert len(letters("prices_below_cost")) == 1, "the same is told once"
    resource = plan.resources.get()
    fees = Fees(recurring_fee=Decimal(15))
    set_price(actor=SYSTEM, plan_resource=resource, fees=fees, valid_from=change, today=TODAY)
    vendor.prices["DE"][1] = f"traffic;13;USD;{change};"
    assert read_price_sheets(now=NOW, today=TODAY + timedelta(days=2)) == 1
    assert len(letters("prices_below_cost")) == 1, "the price of that day is above it"


def test_a_worker_that_died_before_the_letter_tells_it_when_run_again(
    cloud: VendorConnection, vendor: ExampleVendor
) -> None:
    sold(cloud, "10.00")
    vendor.prices = {"DE": ["traffic;12;USD;2026-01-01;"]}
    read_price_sheets(now=NOW, today=TODAY)
    Notification.objects.filter(event="prices_below_cost").delete()
    PriceSheet.objects.update(told=False)
    assert read_price_sheets(now=NOW, today=TODAY) == 0
    (letter,) = letters("prices_below_cost")
    assert "today a unit costs $12.00 a month, and your price is $10.00. Each unit loses $2.00." in letter


def test_a_sheet_that_cannot_be_read_is_told_with_line_column_and_value(
    cloud: VendorConnection, vendor: ExampleVendor
) -> None:
    sold(cloud, "10.00")
    vendor.prices = {"DE": ["traffic;9.5;USD;2026-01-01;", "traffic;9,5;USD;2026-01-01;"]}
    for number in range(2):
        assert read_price_sheets(now=NOW, today=TODAY + timedelta(days=number)) == 0
    letters_of_it = letters("price_sheet_refused")
    assert len(letters_of_it) == 1, "the same of a month once"
    assert "Line 2, column price of the price sheet cannot be read: “9,5”." in letters_of_it[0]
    assert "Cloud (Prices, Germany)" in letters_of_it[0]
