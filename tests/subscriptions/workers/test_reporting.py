"""What a vendor reports is told whole, once, to whom it belongs: whatever is read anew, late, not ready or killed."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest

from accounts.actors import SYSTEM
from billing.audit import audit
from billing.models import Usage
from notifications.models import Notification
from subscriptions.models import Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.stopping import delete
from subscriptions.workers import reporting, usage
from subscriptions.workers.reporting import PATIENCE, Buyer, Sums, read_usage_reports
from tests.subscriptions.workers.metered import (
    ONE_DAY,
    ORDERED_ON,
    charges,
    day,
    line,
    metered_plan,
    moment,
    running,
    told,
)
from tests.vendors.example.vendor import ExampleVendor
from vendors import reporting as reading
from vendors.models import ReportedLine, ReportedWindow, UsageBookmark, VendorConnection

pytestmark = pytest.mark.django_db


@pytest.fixture
def traffic(cloud: VendorConnection) -> list[Subscription]:
    """Three services at 0.50 a gigabyte, of three customers."""
    plan = metered_plan(cloud, "traffic")
    return [running(plan, name) for name in ("Acme", "Bolt", "Cask")]


def bookmark() -> str:
    return UsageBookmark.objects.get().bookmark


def test_lines_of_a_connection_are_told_to_the_services_that_they_are_of(
    traffic: list[Subscription],
    vendor: ExampleVendor,
) -> None:
    one, other, third = traffic
    vendor.usage["2018-08-22"] = [
        line(one, day(22), "1.5"),
        line(other, day(22), "0.000001000000001"),
        line(one, day(22), "1.5"),  # the same twice is two lines
        line(other, day(21), "2"),
    ]
    assert read_usage_reports(now=moment(day(23))) == 3
    assert [told(row) for row in traffic] == [3, Decimal("2.000001"), 0]
    assert (bookmark(), ReportedLine.objects.count()) == ("2018-08-22", 4)
    assert ReportedLine.objects.values_list("cost", "currency").first() == (Decimal("0.01"), "USD")
    assert read_usage_reports(now=moment(day(23))) == 0
    run_billing_day(today=day(24))
    assert charges(one) == [("blocked", 3, "1.50")]
    assert third.pk not in Usage.objects.values_list("subscription", flat=True)
    assert audit(today=day(24)) == []


def test_window_replaces_its_own_lines_and_no_others(
    traffic: list[Subscription],
    vendor: ExampleVendor,
) -> None:
    one, other, _third = traffic
    vendor.usage["2018-08-22"] = [line(one, day(22), "4"), line(other, day(22), "7")]
    read_usage_reports(now=moment(day(23)))
    run_billing_day(today=day(24))
    # The day is restated, and the next day's report brings another hour of it: both hold.
    vendor.usage["2018-08-22"] = [line(one, day(22), "3")]
    vendor.usage["2018-08-23"] = [line(one, day(22), "10")]
    read_usage_reports(now=moment(day(24)))
    assert (told(one), told(other)) == (13, 0)
    assert ReportedLine.objects.count() == 2, "what was replaced is kept no longer than it is needed"
    run_billing_day(today=day(25))
    assert (charges(one), charges(other)) == ([("blocked", 13, "6.50")], [])
    assert audit(today=day(25)) == []


def test_not_ready_is_not_the_end(
    traffic: list[Subscription],
    vendor: ExampleVendor,
) -> None:
    one = traffic[0]
    vendor.usage["2018-08-22"] = [line(one, day(22), "1", number=number) for number in range(5)]
    vendor.usage["2018-08-23"] = [line(one, day(23), "9")]
    vendor.not_ready_from["2018-08-22"] = 3  # two pages came, then 204
    assert read_usage_reports(now=moment(day(24))) == 0
    assert (told(one), bookmark()) == (0, "2018-08-21"), "nor is the day after read before it"
    vendor.not_ready_from.clear()
    read_usage_reports(now=moment(day(24)))
    assert (told(one), bookmark(), ReportedLine.objects.count()) == (14, "2018-08-23", 6)


def test_what_comes_late_counts_in_the_period_that_is_open(
    traffic: list[Subscription],
    vendor: ExampleVendor,
) -> None:
    one = traffic[0]
    vendor.usage["2018-08-30"] = [line(one, day(30), "4")]
    read_usage_reports(now=moment(day(31)))
    run_billing_day(today=day(1, 9))
    vendor.usage["2018-09-01"] = [line(one, day(31), "6"), line(one, date(2018, 8, 19), "1")]  # and from before it was
    read_usage_reports(now=moment(day(2, 9)))
    run_billing_day(today=day(3, 9))
    assert charges(one) == [("closed", 4, "2.00"), ("blocked", 7, "3.50")]
    assert set(Usage.objects.values_list("day", flat=True)) == {day(30), day(31), ORDERED_ON}
    # Less of what is closed is taken from what is open; what is more than that waits for more.
    vendor.usage["2018-09-01"] = []
    vendor.usage["2018-09-02"] = [line(one, day(2, 9), "2")]
    read_usage_reports(now=moment(day(3, 9)))
    assert told(one) == 4 + 2
    assert audit(today=day(3, 9)) == []


def test_what_is_nobodys_is_said_once_when_nobody_has_come_for_it(
    traffic: list[Subscription],
    vendor: ExampleVendor,
) -> None:
    one = traffic[0]
    stranger = {**line(one, day(22), "5"), "service": "4711"}
    vendor.usage["2018-08-22"] = [line(one, day(22), "1"), stranger, line(one, day(22), "1", meter="mail")]
    read_usage_reports(now=moment(day(23)))
    assert (told(one), Notification.objects.filter(event="usage_not_told").count()) == (1, 0)
    for later in (PATIENCE, PATIENCE + ONE_DAY):
        vendor.usage.clear()
        ReportedWindow.objects.filter(key="2018-08-22").update(read_at=moment(day(23)))
        read_usage_reports(now=moment(day(23)) + later)
    (letter,) = Notification.objects.filter(event="usage_not_told")
    assert f"4711 / traffic, {one.vendor_ids['service_id']} / mail"[:14] in letter.body_text


def test_what_a_deleted_service_used_is_not_told(
    traffic: list[Subscription],
    vendor: ExampleVendor,
) -> None:
    one = traffic[0]
    delete(actor=SYSTEM, subscription=one, today=day(22))
    vendor.usage["2018-08-22"] = [line(one, day(22), "1")]
    read_usage_reports(now=moment(day(23)))
    assert told(one) == 0


class Killed(BaseException):
    """The worker dies here."""


def dying(deed: Callable, at: Counter, nth: int) -> Callable:
    """Return the function, in which the process dies before or after its n-th call from now."""

    def done(*given: object, **more: object) -> object:
        at["calls"] += 1
        if at["calls"] == nth:
            raise Killed
        result = deed(*given, **more)
        if at["calls"] + 0.5 == nth:
            raise Killed
        return result

    return done


STEPS = (
    (reading.ReportedLine.objects, "bulk_create"),
    (reading.UsageBookmark.objects, "update_or_create"),
    (usage.Usage.objects, "bulk_create"),
    (usage.UsageToCharge.objects, "bulk_create"),
    (reporting, "record_usage_of_many"),
    (reporting, "_close"),
)


def test_nothing_is_lost_or_doubled_wherever_the_worker_is_killed(
    traffic: list[Subscription],
    vendor: ExampleVendor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Random windows, restated and late lines, pages that are not ready, and a death at every kind of step."""
    chance, truth = Random(8), {}
    for number in range(12):
        today = day(21) + number * ONE_DAY
        for reported in (today - ONE_DAY, today - 2 * ONE_DAY):
            name = reported.isoformat()
            if reported < ORDERED_ON or (name in truth and chance.random() < 0.5):
                continue
            rows = [
                line(chance.choice(traffic), max(reported - chance.randrange(3) * ONE_DAY, ORDERED_ON),
                     f"{chance.randint(1, 9)}.{chance.randint(0, 999999):06}", number=n)
                for n in range(chance.randint(0, 6))
            ]  # fmt: skip
            vendor.usage[name] = truth[name] = rows
        for _turn in range(2):
            owner, step = chance.choice(STEPS)
            nth = chance.choice((1, 1.5, 2, 2.5))
            vendor.not_ready_from = {today.isoformat(): 2} if chance.random() < 0.3 else {}
            with monkeypatch.context() as patch:
                patch.setattr(owner, step, dying(getattr(owner, step), Counter(), nth))
                try:
                    read_usage_reports(now=moment(today, chance.randint(1, 22)))
                except Killed:
                    continue
        run_billing_day(today=today)
    vendor.not_ready_from = {}
    last = day(21) + 12 * ONE_DAY
    # What was less than before in a period that is over waits for room in the open one: here it is.
    vendor.usage[(last - ONE_DAY).isoformat()] = [line(row, last - ONE_DAY, "1000") for row in traffic]
    for _turn in range(3):
        read_usage_reports(now=moment(last))
    run_billing_day(today=last + ONE_DAY)
    wanted: Counter = Counter()
    for row in ReportedLine.objects.select_related("window"):
        assert row.reading == row.window.reading
        wanted[row.service] += row.quantity
    assert {row.vendor_ids["service_id"]: told(row) for row in traffic} == dict(wanted)
    assert audit(today=last + ONE_DAY) == []


def test_a_plan_at_the_vendors_cost_is_told_the_cost_and_refuses_another_currency() -> None:
    one = Buyer(1, 1, "s-1", date(2018, 8, 20), "USD", by_cost=True, meters={})
    on, before = date(2018, 8, 22), Sums(Decimal(2), Decimal("0.30"), rows=1)
    counts = Sums(Decimal(5), Decimal("0.75"), rows=3, currencies=frozenset({"USD"}))
    more = one.differing("units", on, counts, before)
    assert more is not None
    assert (more.cost, more.quantity, more.corrects, more.key) == (Decimal("0.45"), 3, False, "report:2018-08-22:1")
    less = one.differing("units", on, before, counts)
    assert less is not None
    assert (less.cost, less.corrects) == (Decimal("-0.45"), True)
    assert one.differing("units", on, counts, replace(counts, quantity=Decimal(1))) is None, "the same cost"
    for doubtful in (replace(counts, unsaid=1), replace(counts, currencies=frozenset({"USD", "EUR"}))):
        refused = one.differing("units", on, doubtful, before)
        assert refused is not None
        assert refused.cost is None, "refused when it is told"
    by_units = replace(one, by_cost=False).differing("units", on, counts, before)
    assert by_units is not None
    assert (by_units.cost, by_units.quantity) == (None, 3)
