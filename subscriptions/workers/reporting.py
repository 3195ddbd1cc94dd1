"""What vendors report to have been used is read, matched with our services, and told.

The lines that count (vendors/reporting.py) and what was told are two sums by service, resource and day, of units or of
the vendor's cost: what they differ by is told, so that nothing is lost or doubled however often a window is read anew,
and wherever a worker is killed. What comes late counts in the period that is open.
"""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from hashlib import blake2b

from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Substr
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.engine.types import is_by_cost
from billing.models import Usage
from notifications.announce import announce
from subscriptions.models import ApplicationResource
from subscriptions.night.renewals import renew_accounts
from subscriptions.workers.usage import (
    COST_DECIMALS,
    DECIMALS,
    Measured,
    Recorded,
    metered_at,
    record_usage_of_many,
    resource_keys,
)
from vendors.capabilities import ReportsUsage
from vendors.models import ReportedLine, ReportedWindow, VendorConnection
from vendors.reporting import read_windows, reports_of

logger = logging.getLogger(__name__)

BATCH = 500
# So long lines wait for the subscription that they are of, before they are said to be nobody's.
PATIENCE = timedelta(days=2)
KEY = "report:"
NOBODYS = _("it is reported of services or meters that no subscription here has")
DAY_AT, DAY_LENGTH = len(KEY) + 1, len("2026-11-28")


@dataclass(frozen=True)
class Buyer:
    """A subscription that lines name by its id at the vendor."""

    number: int
    account: int
    service: str
    started: date
    currency: str
    by_cost: bool
    meters: Mapping[str, str]  # the template's key of a resource by the vendor's id of it

    def differing(self, resource: str, day: date, total: "Sums", told: "Sums") -> Measured | None:
        """Return what is to be told of a resource, so that what was told is what counts; None where it is.

        A cost that is not said, or in another currency, is told as such: it will be refused.
        """
        key = f"{KEY}{day.isoformat()}:{told.rows}"
        quantity = _rounded(total.quantity, DECIMALS) - told.quantity
        if not self.by_cost:
            return Measured(resource, quantity, day, key, corrects=quantity < 0) if quantity else None
        if total.unsaid or total.currencies - {"", self.currency}:
            return Measured(resource, quantity, day, key)
        cost = _rounded(total.cost, COST_DECIMALS) - told.cost
        return Measured(resource, quantity, day, key, corrects=cost < 0, cost=cost) if cost else None


@dataclass(frozen=True)
class Sums:
    """What was used of something on a day: units and cost of so many rows, of which some do not say their cost."""

    quantity: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)
    rows: int = 0
    unsaid: int = 0
    currencies: frozenset[str] = frozenset()

    def __add__(self, other: "Sums") -> "Sums":
        """Return both together."""
        return Sums(
            self.quantity + other.quantity,
            self.cost + other.cost,
            self.rows + other.rows,
            self.unsaid + other.unsaid,
            self.currencies | other.currencies,
        )


NOTHING = Sums()


def read_usage_reports(*, now: datetime) -> int:
    """Read what the vendors report and tell it; return how much of it was new. May be killed at any line."""
    sold = metered_at(ReportsUsage).values("plan__template__connection")
    connections = VendorConnection.objects.filter(pk__in=sold).select_related("reseller").order_by("pk")
    return sum(_read_and_tell(connection, now) for connection in connections)


def _read_and_tell(connection: VendorConnection, now: datetime) -> int:
    ours = metered_at(ReportsUsage).filter(plan__template__connection=connection).exclude(vendor_ids={})
    services = list(ours.order_by("pk").values_list("vendor_ids", flat=True))
    for trouble in read_windows(connection, services=services, now=now):
        logger.warning("connection %s: its usage is not there yet: %s", connection.pk, trouble)
    waiting = ReportedWindow.objects.filter(connection=connection, told=False).order_by("pk")
    return sum(_tell(connection, window, now) for window in waiting)


def _tell(connection: VendorConnection, window: ReportedWindow, now: datetime) -> int:
    """Tell what a window has changed, batch by batch of accounts; return how much was new."""
    touched = window.lines.filter(reading__lte=window.reading).values_list("service", "meter", "day").distinct()
    by_service: dict[str, set[tuple[str, date]]] = {}
    for service, meter, day in touched:
        by_service.setdefault(service, set()).add((meter, day))
    buyers = _buyers(connection, by_service)
    fresh, left = 0, False
    for at in range(0, len(buyers), BATCH):
        recorded = _tell_batch(connection, buyers[at : at + BATCH], by_service, timezone.localtime(now).date())
        fresh, left = fresh + recorded.fresh, left or bool(recorded.left)
        for number, refusal in recorded.refused.items():
            logger.warning("subscription %s: what is reported of it is not told: %s", number, refusal)
            left = True
    nobodys = _nobodys(by_service, buyers)
    if nobodys and window.read_at is not None and now - window.read_at < PATIENCE:
        left = True  # the service may be one that is just being provided
    if not left:
        with transaction.atomic():
            _say_what_is_nobodys(connection, nobodys)
            _close(window)
    return fresh


def _close(window: ReportedWindow) -> None:
    """Note that all of this reading is told; what it has replaced is not needed any more."""
    same = ReportedWindow.objects.filter(pk=window.pk, reading=window.reading)
    if same.update(told=True):
        window.lines.filter(reading__lt=window.reading).delete()


def _buyers(connection: VendorConnection, services: Iterable[str]) -> list[Buyer]:
    """Return whose the lines are, in the order of their accounts. Two statements."""
    usage_id = reports_of(connection).usage_id
    rows = metered_at(ReportsUsage).filter(
        **{"plan__template__connection": connection, f"vendor_ids__{usage_id}__in": list(services)}
    )
    found = list(
        rows.order_by("account_id", "pk").values_list(
            "pk", "account", "vendor_ids", "start_date", "currency", "billing_type", "plan__template"
        )
    )
    meters: dict[int, dict[str, str]] = {}
    sold = ApplicationResource.objects.filter(template__in={row[-1] for row in found})
    for template, reference, key in sold.values_list("template", "vendor_reference", "key"):
        meters.setdefault(template, {})[reference] = key
    return [
        Buyer(number, account, ids[usage_id], started, currency, is_by_cost(billing_type), meters.get(template, {}))
        for number, account, ids, started, currency, billing_type, template in found
        if started is not None
    ]


@transaction.atomic
def _tell_batch(
    connection: VendorConnection,
    buyers: Collection[Buyer],
    touched: Mapping[str, Collection[tuple[str, date]]],
    today: date,
) -> Recorded:
    """Tell what the lines that count and what was told differ by. A fixed number of statements.

    The accounts are locked before both sums are read: nobody tells the same meanwhile.
    """
    days = renew_accounts(account_ids={one.account for one in buyers}, today=today, more_is_told=True).days
    counting = _counting(connection, buyers, touched)
    before = _told_before(buyers, touched)
    keys = resource_keys([one.number for one in buyers])
    differing: dict[int, list[Measured]] = {}
    for one in buyers:
        wanted: dict[tuple[str, date], Sums] = {}
        for meter, day in touched[one.service]:
            if meter in one.meters:
                at = (one.meters[meter], day)
                wanted[at] = wanted.get(at, NOTHING) + counting.get((one.service, meter, day), NOTHING)
        for (resource, day), total in sorted(wanted.items()):
            told = before.get((keys[one.number].get(resource, 0), day), NOTHING)
            measured = one.differing(resource, day, total, told)
            if measured is not None:
                # Used before it was ours by the vendor's calendar, or after its clock's midnight: told on our nearest.
                known = min(max(day, one.started), days[one.account])
                differing.setdefault(one.number, []).append(replace(measured, day=known))
    return record_usage_of_many(differing, today=today) if differing else Recorded()


def _rounded(total: Decimal, decimals: int) -> Decimal:
    return total.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def _span(touched: Mapping[str, Collection[tuple[str, date]]]) -> tuple[date, date]:
    days = [day for of_one in touched.values() for _meter, day in of_one]
    return min(days), max(days)


def _counting(
    connection: VendorConnection, buyers: Collection[Buyer], touched: Mapping[str, Collection[tuple[str, date]]]
) -> dict[tuple[str, str, date], Sums]:
    """Return the sums of the lines that count, over all windows, by service, meter and day. One statement."""
    lines = ReportedLine.objects.filter(
        window__connection=connection,
        reading=F("window__reading"),
        service__in=[one.service for one in buyers],
        day__range=_span(touched),
    )
    by_currency = lines.order_by().values_list("service", "meter", "day", "currency")
    counting: dict[tuple[str, str, date], Sums] = {}
    for service, meter, day, currency, *sums in by_currency.annotate(
        units=Sum("quantity"), costs=Sum("cost"), lines=Count("pk"), unsaid=Count("pk", filter=Q(cost=None))
    ):
        units, costs, rows, unsaid = sums
        at = (service, meter, day)
        found = Sums(units, costs or Decimal(0), rows, unsaid, frozenset({currency}))
        counting[at] = counting.get(at, NOTHING) + found
    return counting


def _told_before(
    buyers: Collection[Buyer], touched: Mapping[str, Collection[tuple[str, date]]]
) -> dict[tuple[int, date], Sums]:
    """Return what was told of reported days, and in how many rows, by the resource's row and day. One statement."""
    first, last = _span(touched)
    rows = Usage.objects.filter(subscription__in=[one.number for one in buyers], key__startswith=KEY)
    by_day = rows.annotate(reported=Substr("key", DAY_AT, DAY_LENGTH)).filter(
        reported__gte=first.isoformat(), reported__lte=last.isoformat()
    )
    sums = by_day.order_by().values_list("subscription_resource", "reported")
    told = sums.annotate(units=Sum("quantity"), costs=Sum("cost"), rows=Count("pk"))
    return {
        (number, date.fromisoformat(day)): Sums(units, costs or Decimal(0), rows)
        for number, day, units, costs, rows in told
    }


def _nobodys(touched: Mapping[str, Collection[tuple[str, date]]], buyers: Collection[Buyer]) -> list[str]:
    """Return the services and meters of the lines that no subscription of ours has."""
    meters = {one.service: one.meters for one in buyers}
    return sorted(
        {
            f"{service} / {meter}"
            for service, of_one in touched.items()
            for meter, _day in of_one
            if meter not in meters.get(service, {})
        }
    )


def _say_what_is_nobodys(connection: VendorConnection, nobodys: Sequence[str]) -> None:
    """Tell the administrators, once for the same, of what was reported and is charged to nobody."""
    if not nobodys:
        return
    listed = ", ".join(nobodys[:5]) + (" …" if len(nobodys) > 5 else "")
    mark = blake2b("\n".join(nobodys).encode(), digest_size=8).hexdigest()
    announce(
        "usage_not_told",
        reseller=connection.reseller,
        key=f"nobodys:{connection.pk}:{mark}",
        about=("vendor_connection", connection.pk),
        context={"connection": connection.name, "what": NOBODYS, "detail": listed},
    )
