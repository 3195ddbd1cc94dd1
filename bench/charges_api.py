"""The charges of the API over five million rows: times, statements, and how far from the bare statement they are."""

import statistics
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.test import Client

from accounts.actors import actor_of
from accounts.api_tokens import create_api_token
from accounts.models import Reseller, Role, User, UserKind
from bench.charge_rows import fill as fill_charges
from bench.database import use_database
from bench.measuring import Sample, bare
from bench.subscription_rows import DATABASE, ROWS, fill

P95, MOST, FAR = 60.0, 300.0, 400.0  # milliseconds
PAGES_BY_LINK = 50
TIMES = 3
FAR_PAGE = {"small": 500, "full": 10_000}
QUERIES = (
    "", "page[size]=100", "page[size]=100&include=account,plan", "sort=-id", "sort=created_at", "sort=-created_at",
    "sort=updated_at", "sort=-updated_at", "filter[id]=100482", "filter[id]=1,2,3", "filter[status]=new",
    "filter[status]=blocked", "filter[status]=closed", "filter[status]=opened,deleted", "filter[type]=recurring_fee",
    "filter[type]=setup_fee", "filter[subscription_id]=4321", "filter[account_id]=77",
    "filter[order_id]=1", "filter[close_date]=2026-10-01", "filter[close_date][gt]=2026-10-15",
    "filter[close_date][lt]=2026-07-15",
    "filter[created_at][gt]=2026-11-01T00:00:00Z", "filter[created_at][lt]=2026-07-01T02:00:00Z",
    "filter[updated_at][gt]=2026-11-01T09:00:00Z", "filter[updated_at][lt]=2026-07-01T02:00:00Z",

    "filter[updated_at][gt]=2026-11-01T09:00:00Z&sort=updated_at", "filter[status]=blocked&sort=-created_at",
)  # fmt: skip
BARE = "SELECT * FROM billing_charge ORDER BY id LIMIT 101"
BARE_FAR = "SELECT id FROM billing_charge ORDER BY id OFFSET %s LIMIT 51"
AS_JSON = "SELECT json_agg(page) FROM (SELECT * FROM billing_charge ORDER BY id LIMIT 100) page"


def run(size: str) -> bool:
    """Measure own and child charges as operator, large and small reseller; return whether all targets are met."""
    use_database(DATABASE[size], fresh=False)
    fill(ROWS[size])
    fill_charges(ROWS[size])
    samples = [sample for caller in _callers() for sample in _workload(*caller)]
    times = [one for sample in samples for one in sample.times]
    p50, p95, most = statistics.median(times), statistics.quantiles(times, n=100)[94], max(times)
    for sample in sorted(samples, key=lambda sample: max(sample.times))[-12:]:
        print(f"   slow: {sample.name:<78} {statistics.median(sample.times):6.1f} to {max(sample.times):6.1f} ms")
    counts = sorted({count for sample in samples for count in sample.statements})
    print(
        f"   {len(times)} requests: p50 {p50:.1f} ms, p95 {p95:.1f} ms, slowest {most:.1f} ms (targets {P95}, {MOST})"
    )
    print(f"   statements a page: {counts[0]} to {counts[-1]}, by what is asked and never by its rows")
    far = _far_page(size)
    page = next(sample for sample in samples if sample.name.endswith("child_reseller_charges?page[size]=100"))
    first, statement, json = statistics.median(page.times), bare(BARE), bare(AS_JSON)
    print(
        f"   a page of 100: {first:.1f} ms; its bare statement {statement:.2f} ms ({first / statement:.0f} times that),"
    )
    print(f"   the same JSON made by the database {json:.2f} ms ({first / json:.1f} times that)")
    return p95 <= P95 and most <= MOST and far <= FAR


def _callers() -> Iterator[tuple[str, Client, int]]:
    operator = Reseller.objects.get(parent=None)
    large, small = Reseller.objects.get(name="Reseller 1"), Reseller.objects.get(name="Reseller 60")
    for label, reseller in (("operator", operator), ("large reseller", large), ("small reseller", small)):
        email = f"api-{label.split()[0]}@bench.example"
        user, _made = User.objects.get_or_create(
            email=email, defaults={"name": email, "kind": UserKind.MANAGER, "reseller": reseller, "role": Role.ADMIN}
        )
        now = datetime.now(UTC)
        _row, token = create_api_token(actor=actor_of(user), name=f"Bench {now.isoformat()}", now=now)
        yield label, Client(SERVER_NAME="localhost", headers={"X-Api-Token": token}), reseller.pk


def _workload(label: str, client: Client, reseller: int) -> list[Sample]:
    samples = []
    for method in ("charges", "child_reseller_charges"):
        address = f"/api/v3/resellers/{reseller}/{method}"
        for _ in range(TIMES):
            client.get(address)  # the connection, the table of addresses: a server answers its first request once
        for query in QUERIES:
            if "include" in query and method != "charges":
                continue
            sample = Sample(f"{label} {method}?{query}")
            _request(client, f"{address}?{query}", Sample("the first time, from the disk"))
            for _ in range(TIMES):
                _request(client, f"{address}?{query}", sample)
            samples.append(sample)
        for query in ("", "sort=-updated_at", "filter[status]=blocked", "filter[status]=closed&sort=-created_at"):
            samples.append(_follow(client, f"{address}?{query}", Sample(f"{label} next pages of {method}?{query}")))
    return samples


def _request(client: Client, address: str, sample: Sample) -> Any:
    with sample.taken():
        answer = client.get(address)
    if answer.status_code != 200:
        raise AssertionError(f"{address} answered {answer.status_code}: {answer.content[:300]!r}")
    return answer


def _follow(client: Client, address: str | None, sample: Sample) -> Sample:
    for _ in range(PAGES_BY_LINK):
        if address is None:
            break
        following = _request(client, address, sample).json()["links"]["next"]
        address = following and following.partition("localhost")[2]
    return sample


def _far_page(size: str) -> float:
    sample = Sample("far page")
    _label, client, reseller = next(_callers())
    address = f"/api/v3/resellers/{reseller}/child_reseller_charges?page[number]={FAR_PAGE[size]}"
    for _ in range(TIMES):
        _request(client, address, sample)
    statement = bare(BARE_FAR, [(FAR_PAGE[size] - 1) * 50])
    far = max(sample.times)
    print(
        f"   page {FAR_PAGE[size]:,}: {far:.0f} ms (target {FAR}), its bare statement {statement:.0f} ms"
        f" ({far / statement:.1f} times that)"
    )
    return far
