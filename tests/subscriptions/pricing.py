"""Plans whose vendor publishes prices, for tests: Example Cloud's, without its server."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from accounts.models import Reseller
from subscriptions.models import Plan
from tests.factories import accounts as people
from tests.factories import subscriptions as make
from vendors.capabilities import ListedPrice
from vendors.models import ConnectionState, VendorConnection
from vendors.price_rows import PriceList, PriceSheet
from vendors.price_sheets import take_sheet

# What a market's list says: price, first day, first day without it.
Said = tuple[str, date, date | None]


def cloud_of(reseller: Reseller) -> VendorConnection:
    """Return a granted connection of a reseller to Example Cloud."""
    return VendorConnection.objects.create(
        reseller=reseller, plugin="example_cloud", name="Cloud", state=ConnectionState.GRANTED
    )


def sold(price: str, *, reseller: Reseller | None = None, **more: object) -> Plan:
    """Return a plan of traffic at a price a unit and month."""
    seller = reseller or people.operator()
    connection = VendorConnection.objects.filter(reseller=seller, plugin="example_cloud").first() or cloud_of(seller)
    fields: dict[str, object] = {"name": "Traffic", **more}
    return make.plan(reseller=seller, connection=connection, offer="traffic", prices={"units": price}, **fields)


def said(plan: Plan, market: str, prices: Iterable[Said], *, today: date, currency: str = "USD") -> PriceSheet:
    """Take a sheet of a market that says so of what the plan sells."""
    row, _new = PriceList.objects.get_or_create(connection=plan.template.connection, kind="prices", market=market)
    lines = (
        ListedPrice(
            line=str(number),
            product="traffic",
            sku="",
            term="month",
            billing_plan="monthly",
            segment="",
            currency=currency,
            title="Traffic",
            unit_price=Decimal(price),
            retail_price=None,
            valid_from=begins,
            valid_until=ends,
        )
        for number, (price, begins, ends) in enumerate(prices, 1)
    )
    return take_sheet(row, lines, today=today)
