"""The plugin of Example Cloud: backup that is paid by what is used. It is reported by the day, and told by the hour.

What it costs us stands in a price list for each market.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from tempfile import TemporaryFile
from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from brokerage_example_vendor.client import Client
from brokerage_example_vendor.plugin import Backups
from vendors.base import ClientTls, Connection, Field, FieldKind, Offer, Service
from vendors.capabilities import (
    ListedPrice,
    PriceKey,
    PublishedPrices,
    PublishesPrices,
    ReportsUsage,
    SamplesUsage,
    UsageLine,
    UsageWindow,
    unreadable_price,
)
from vendors.errors import Transient

NOT_READY = gettext_noop("Example Cloud is still counting %(day)s. It is read later.")
# A day may still be restated on the day after: it is read once more.
RESTATED = timedelta(days=1)
MOST = 30


class ExampleCloud(Backups, ReportsUsage, SamplesUsage, PublishesPrices):
    """Traffic stands in daily reports over all services; how many machines run is told only now."""

    price_kinds: ClassVar[Mapping[str, object]] = {"prices": _("Prices")}

    slug = "example_cloud"
    name = _("Example Cloud")
    usage_id = "service_id"
    # Its servers ask who we are; the certificate may be left out where they do not.
    settings_fields = (
        *Backups.settings_fields,
        Field("certificate_password", _("Password of the certificate"), FieldKind.SECRET, required=False),
    )
    tls = ClientTls("certificate", "certificate_password")

    def catalogue(self, connection: Connection) -> list[Offer]:
        """Return what is metered: the seats are those that may be had at most."""
        return [Offer(id="traffic", name="Traffic", unit="GB"), Offer(id="backup", name="Machines", unit="machine")]

    def windows(
        self, connection: Connection, services: Sequence[Mapping[str, str]], bookmarks: Mapping[str, str]
    ) -> Iterator[UsageWindow]:
        """Yield the days since the last one that was read, that one once more, up to yesterday."""
        if not services:
            return
        yesterday = connection.now.date() - timedelta(days=1)
        last = date.fromisoformat(bookmarks.get("", (yesterday - timedelta(days=MOST)).isoformat()))
        for number in range((yesterday - last).days + 1):
            day = last + timedelta(days=number)
            yield UsageWindow(key=day.isoformat(), bookmark=day.isoformat())

    def pages(self, connection: Connection, window: UsageWindow) -> Iterator[Sequence[UsageLine]]:
        """Yield a day's report page by page; Example Cloud answers 204 as long as it is counting."""
        client, page = Client(connection), 1
        while page:
            found = client.page(f"/usage?day={window.key}&page={page}")
            if found is None:
                raise Transient(NOT_READY, code="not_ready", day=window.key)
            yield [
                UsageLine(
                    service=row["service"],
                    meter=row["meter"],
                    key=row["key"],
                    quantity=Decimal(row["quantity"]),
                    day=date.fromisoformat(row["day"]),
                    cost=Decimal(row["cost"]),
                    currency="USD",
                )
                for row in found["items"]
            ]
            page = found["next"]

    def sample(self, connection: Connection, service: Service) -> dict[str, Decimal]:
        """Return how many machines of a service run now."""
        machines = Client(connection).get(f"/services/{service.vendor_ids['service_id']}/load")["machines"]
        return {key: Decimal(machines) for key, sold in service.resources.items() if sold.offer == "backup"}

    def published(self, connection: Connection, markets: Collection[str]) -> tuple[PublishedPrices, ...]:
        """Return the one list of each market."""
        return tuple(PublishedPrices("prices", market) for market in sorted(markets))

    def listed(self, connection: Connection, which: PublishedPrices) -> Iterator[ListedPrice]:
        """Yield the lines: offer;price;currency;first day;first day without it, where it ends."""
        with TemporaryFile() as file:
            Client(connection).download(f"/prices/{which.market}", file)
            file.seek(0)
            for number, line in enumerate(file, 1):
                yield _listed(str(number), line.decode().strip())

    def price_key(self, settings: Mapping[str, str], offer: str, options: Mapping[str, str]) -> PriceKey | None:
        """Return the line of an offer: everything is sold by the month."""
        return PriceKey(offer, "", "month", "monthly", "", 1)


def _listed(number: str, line: str) -> ListedPrice:
    """Return a line of a price list. Raises Rejected for one that cannot be read."""
    cells = line.split(";")
    if len(cells) != 5:
        raise unreadable_price(number, "cells", line)
    offer, price, currency, begins, ends = cells
    try:
        unit_price = Decimal(price)
    except InvalidOperation:
        raise unreadable_price(number, "price", price) from None
    return ListedPrice(
        line=number,
        product=offer,
        sku="",
        term="month",
        billing_plan="monthly",
        segment="",
        currency=currency,
        title=offer,
        unit_price=unit_price,
        retail_price=None,
        valid_from=date.fromisoformat(begins),
        valid_until=date.fromisoformat(ends) if ends else None,
    )
