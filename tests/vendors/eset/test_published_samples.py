"""What the client sends has the members of the published requests, neither more nor fewer."""

import json
from pathlib import Path

from sandbox.wsgi import Request
from tests.vendors.contract import life, work
from tests.vendors.eset.bench import ENDPOINT, EsetBench, provided
from vendors.base import Resource, Service, Task

OWN = Path(__file__).parents[2] / "sandbox" / "fixtures" / "eset"
SHARED = Path(__file__).parents[4] / "shared" / "samples" / "eset"
CALLS = {
    "company_children": "Company/Children",
    "company_create_customer": "Company/Create/customer",
    "license_changeproduct": "License/ChangeProduct",
    "license_converttofull": "License/ConvertToFull",
    "license_order": "License/Order",
    "license_suspend_unsuspend_detail": "License/Suspend",
    "license_updatequantity": "License/UpdateQuantity",
    "search_licenses": "Search/Licenses",
    "token_get": "Token/Get",
    "token_renew": "Token/Renew",
    "usagereport_monthly_products": "UsageReport/Monthly/products",
}


def members(value: object) -> object:
    """Return which members an object has, at every depth; a list that may be empty tells nothing of its items."""
    return {name: members(inner) for name, inner in value.items()} if isinstance(value, dict) else type(value).__name__


def bodies(bench: EsetBench) -> dict[str, object]:
    """Return the last body of each call that a whole life of licences makes."""
    sent: dict[str, object] = {}
    answer = bench.vendor._api.__call__

    def overheard(request: Request) -> object:
        if request.body:
            sent[request.path.removeprefix("/api/")] = json.loads(request.body)
        return answer(request)

    bench.vendor._api = overheard
    service = provided(bench, 5, licence="trial")
    bench.advance(61)
    full = Service(service.vendor_ids, service.resources, service.label)
    done = work(bench, Task("switch", "order:9:switch", service=service, to=full))
    there = Service(done.vendor_ids, full.resources, full.label)
    work(bench, life(bench, "change", there, quantity=8))
    other = Service(there.vendor_ids, {"units": Resource(ENDPOINT, 8)}, there.label)
    work(bench, Task("switch", "order:10:switch", service=there, to=other))
    bench.plugin.observe(bench.connection(), other)
    work(bench, life(bench, "suspend", other))
    list(bench.plugin.catalogue(bench.connection()))
    return sent


def test_requests_have_the_published_members(bench: EsetBench) -> None:
    sent = bodies(bench)
    for folder in (OWN, SHARED) if SHARED.is_dir() else (OWN,):
        for name, call in CALLS.items():
            published = json.loads((folder / f"{name}_request.json").read_text())
            assert members(sent[call]) == members(published), call
