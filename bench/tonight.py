"""The page of the coming night over 100,000 subscriptions that it renews: what it takes to say what would be done."""

import statistics

from django.test import Client
from django.utils import timezone

from accounts.models import Reseller, Role, User, UserKind
from bench.billing_day import _fill
from bench.database import use_database
from bench.measuring import Sample
from billing.engine.periods import add_months

SUBSCRIPTIONS = {"small": 10_000, "full": 100_000}
TARGET = 2_000  # milliseconds
PAGE = "/operator/tonight/?day="
TIMES = 5


def run(size: str) -> bool:
    """Measure the page and print it; return whether it is shown within the target, with all subscriptions in it."""
    use_database("brokerage_bench_tonight", fresh=True)
    number, today = SUBSCRIPTIONS[size], timezone.localdate()
    day = add_months(today.replace(day=1), 1)
    _fill(number, started=today.replace(day=1), due=day)
    client = Client(SERVER_NAME="localhost")
    client.force_login(_administrator())
    sample, shown = Sample("coming night"), ""
    for _ in range(TIMES + 1):
        with sample.taken():
            shown = client.get(f"{PAGE}{day}").content.decode()
    took, busy = (statistics.median(times[1:]) for times in (sample.times, sample.busy))
    # Five units at ten dollars are reserved of each.
    whole = f"{number:,}" in shown and f"${number * 50:,}.00" in shown
    print(f"   {number:,} subscriptions: {took:,.0f} ms, processors at work {busy:,.0f} ms; target: {TARGET:,} ms")
    print(f"   statements: {sorted(sample.statements)}; all subscriptions are in its sums: {whole}")
    return took <= TARGET and whole


def _administrator() -> User:
    operator = Reseller.objects.get(parent=None)
    return User.objects.create(
        email="operator@bench.example", name="Operator", kind=UserKind.MANAGER, reseller=operator, role=Role.ADMIN
    )
