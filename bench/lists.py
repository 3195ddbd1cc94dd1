"""The operator's list of subscriptions over a million rows: times, statements, and the memory of its export."""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from django.db import connection
from django.test import Client

from accounts.models import Reseller, Role, User, UserKind
from bench.database import use_database
from bench.measuring import Sample, bare
from bench.subscription_rows import DATABASE, ROWS, fill

LIST = "/operator/subscriptions/"
P95, MOST, FAR, MEMORY = 60.0, 300.0, 400.0, 200.0  # milliseconds, milliseconds, milliseconds, megabytes
PAGES_BY_LINK = 50
FAR_PAGE = {"small": 500, "full": 10_000}
TIMES = 3

SORTS = (
    "id", "name", "account", "plan", "quantity", "next_billing_day", "start_date", "expiration_date",
    "updated_at",
)  # fmt: skip
QUICK = ("active", "stopped", "failing", "billing", "mine")
SEARCHES = (
    "office", "365", "off", "business premium", "логистика", "лён", "vega", "onmicrosoft", "тверь", "acme", "100482",
    "kaspersky endpoint", "ofice", "лагистика", "kaspersi", "zzzzqqq", "office zzzzqqq", "7", "wxyz.onmicrosoft.com",
    "nothing at all here",
)  # fmt: skip
BARE = """
    SELECT id, name, account_id, account_name, reseller_name, plan_name, manager_id, quantity, status, stop_reason,
           next_billing_day, start_date, expiration_date, updated_at, trial, individual_price, billing_type, currency
      FROM subscriptions_subscription WHERE status <> 'deleted' ORDER BY id DESC LIMIT 51
"""
BARE_FAR = "SELECT id FROM subscriptions_subscription WHERE status <> 'deleted' ORDER BY id DESC OFFSET %s LIMIT 51"


def run(size: str) -> bool:
    """Measure the list as the operator, a large reseller and a sales person; return whether all targets are met."""
    use_database(DATABASE[size], fresh=False)
    fill(ROWS[size])
    samples: list[Sample] = []
    for label, user in _people():
        samples += _workload(label, user)
    times = [one for sample in samples for one in sample.times]
    p50, p95, most = statistics.median(times), statistics.quantiles(times, n=100)[94], max(times)
    for sample in sorted(samples, key=lambda sample: max(sample.times))[-12:]:
        print(f"   slow: {sample.name:<58} {statistics.median(sample.times):6.1f} to {max(sample.times):6.1f} ms")
    busy = [one for sample in samples for one in sample.busy]
    cut = statistics.quantiles(busy, n=100)
    print(f"   processors at work: p50 {cut[49]:.1f} ms, p95 {cut[94]:.1f} ms, most {max(busy):.1f} ms a request")
    counts = sorted({count for sample in samples for count in sample.statements})
    print(
        f"   {len(times)} requests: p50 {p50:.1f} ms, p95 {p95:.1f} ms, slowest {most:.1f} ms (targets {P95}, {MOST})"
    )
    print(f"   statements a page: {counts[0]} to {counts[-1]}, by what is on the page and never by its rows")
    far = _far_page(size)
    alone = bare(BARE)
    first = statistics.median(next(sample for sample in samples if sample.name == "operator first page").times)
    print(f"   first page {first:.1f} ms, its bare statement {alone:.2f} ms: {first / alone:.0f} times that")
    memory = [_export(kind) for kind in ("xlsx", "csv")]
    return p95 <= P95 and most <= MOST and far <= FAR and max(memory) <= MEMORY


def _people() -> Iterator[tuple[str, User]]:
    operator = Reseller.objects.get(parent=None)
    yield "operator", _manager(operator, "operator@bench.example", Role.ADMIN)
    large = Reseller.objects.get(name="Reseller 1")
    yield "large reseller", _manager(large, "large@bench.example", Role.ADMIN)
    small = Reseller.objects.get(name="Reseller 60")
    yield "small reseller", _manager(small or operator, "small@bench.example", Role.ADMIN)
    yield "sales", User.objects.get(email="sales1@bench.example")


def _manager(reseller: Reseller, email: str, role: str) -> User:
    found, _made = User.objects.get_or_create(
        email=email, defaults={"name": email, "kind": UserKind.MANAGER, "reseller": reseller, "role": role}
    )
    return found


def _workload(label: str, user: User) -> list[Sample]:
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    queries = {"first page": ""}
    queries |= {f"quick {name}": f"?quick={name}" for name in QUICK}
    queries |= {f"sort {way}{name}": f"?sort={way}{name}" for name in SORTS for way in ("", "-")}
    queries |= {f"filter {query}": f"?{query}" for query in _filters(user)}
    queries |= {f"search {words}": f"?q={quote(words)}" for words in SEARCHES}
    queries |= {f"search {words} by name": f"?q={quote(words)}&sort=name" for words in ("office", "vega", "zzzzqqq")}
    for _ in range(TIMES):
        client.get(LIST)  # templates, caches, the connection: a server answers its first request once
    samples = []
    for name, query in queries.items():
        sample = Sample(f"{label} {name}")
        _request(client, query, Sample("the first time, from the disk"))
        for _ in range(TIMES):
            _request(client, query, sample)
        samples.append(sample)
    for name, query in (
        ("next pages", ""),
        ("next pages by name", "?sort=name"),
        ("next pages of stopped", "?quick=stopped"),
    ):
        samples.append(_follow(client, query, Sample(f"{label} {name}")))
    return samples


def _filters(user: User) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, account_name, plan_name, reseller_id FROM subscriptions_subscription"
            " ORDER BY id OFFSET 4321 LIMIT 1"
        )
        account, account_name, plan, reseller = cursor.fetchone()
        cursor.execute("SELECT min(id), max(id) FROM subscriptions_product")
        product, _last = cursor.fetchone()
    return [
        "id=100482", "id=1,2,3", "name=office", "name=premium", f"account={quote(account_name)}",
        f"account_id={account}",
        f"reseller={reseller}", f"plan={quote(plan)}", f"product={product}", f"manager={user.pk}",
        "quantity_min=7&quantity_max=9", "quantity_min=5000", "status=active", "status=stopped",
        "status=updating_failed", "status=graced,stopped",
        "status=deleted", "stop_reason=funds_short", "stop_reason=credit_hold", "next_billing_day_before=2026-12-03",
        "next_billing_day_after=2026-12-20", "start_date_before=2017-03-01", "start_date_after=2026-06-01",
        "start_date_after=2017-05-01&start_date_before=2017-05-02", "expiration_date_before=2026-01-01",
        "expiration_date_after=2027-01-01", "endless=true", "endless=false", "created_at_before=2020-01-01",
        "updated_at_after=2020-01-01", "trial=true", "trial=false", "individual_price=true", "individual_price=false",
        "billing_type=csp_monthly", "currency=USD", "currency=BYN", "currency=JPY",
    ]  # fmt: skip


def _request(client: Client, query: str, sample: Sample) -> Any:
    with sample.taken():
        answer = client.get(LIST + query)
    if answer.status_code != 200:
        raise AssertionError(f"{query} answered {answer.status_code}")
    return answer


def _follow(client: Client, query: str, sample: Sample) -> Sample:
    for _ in range(PAGES_BY_LINK):
        page = _request(client, query, sample).content.decode()
        _before, found, rest = page.partition('rel="next" href="')
        if not found:
            break
        query = rest.partition('"')[0].replace("&amp;", "&")
    return sample


def _far_page(size: str) -> float:
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(email="operator@bench.example"))
    sample = Sample("far page")
    for _ in range(TIMES):
        _request(client, f"?page={FAR_PAGE[size]}", sample)
    alone = bare(BARE_FAR, [(FAR_PAGE[size] - 1) * 50])
    far = max(sample.times)
    print(
        f"   page {FAR_PAGE[size]:,}: {far:.0f} ms, its bare statement {alone:.0f} ms: {far / alone:.1f} times that"
        f" (target {FAR})"
    )
    return far


def _export(kind: str) -> float:
    """Return the megabytes that a process of its own needs at most to write the whole list."""
    begun = time.perf_counter()
    name = connection.settings_dict["NAME"]
    answer = subprocess.run(
        [sys.executable, "-m", "bench.list_export", name, kind], capture_output=True, text=True, check=True
    )
    rows, megabytes = answer.stdout.split()[-2:]
    print(f"   export of {int(rows):,} rows as {kind}: {time.perf_counter() - begun:.0f} s, at most {megabytes} MB")
    return float(megabytes)
