"""What ESET has billed of a licence: the units of its daily snapshots, by its usage report."""

from zoneinfo import ZoneInfo

from vendors.eset.client import Ema
from vendors.eset.licences import Licence
from vendors.eset.options import OWN_ZONE


def seat_days(ema: Ema, licence: Licence) -> int:
    """Return how many units ESET has billed this month of a licence's product at its customer, day by day summed up."""
    today = ema.connection.now.astimezone(ZoneInfo(OWN_ZONE)).date()
    days = {"from": today.replace(day=1).isoformat(), "to": today.isoformat()}
    products = ema.pages(
        "UsageReport/Monthly/products", "products", companyId=licence.company, codes=[licence.product], **days
    )
    try:
        return sum(int(row["seatdays"]) for row in products if str(row.get("code")) == licence.product)
    except (KeyError, TypeError, ValueError) as fault:
        raise ema.unreadable() from fault
