"""Orders of the new commerce for the Office 365 tests: terms, items, and a customer whom Microsoft knows."""

from tests.vendors.contract import work
from tests.vendors.office365.bench import Office365Bench
from tests.vendors.office365.orders import an_order
from vendors.base import Done, Order, Resource, Task
from vendors.errors import Rejected

BASIC, E3, TRIAL = "CFQ7TTC0LH18:0001", "CFQ7TTC0LF8R:0001", "CFQ7TTC0LDPB:0003"
PREMIUM, CHARITYS, FACULTY, GCC = "CFQ7TTC0LCHC:0002", "CFQ7TTC0LCHC:000B", "CFQ7TTC0LH0J:0001", "CFQ7TTC0LHQQ:0001"
ROOMS, ARCHIVE = "CFQ7TTC0QW5P:0002", "CFQ7TTC0LH0V:0001"
DOMAIN = "acme.onmicrosoft.com"
# A trial's template.
TRIED = {"term_duration": "P1M", "billing_cycle": "none"}


def of_today(**options: str) -> dict[str, str]:
    """Return a template's options for a year that is paid by the month, and what a test wants otherwise."""
    return {"term_duration": "P1Y", "billing_cycle": "monthly", **options}


def ordering(offer: str, quantity: int = 5, *, reference: str = "order:17:provision", **changed: object) -> Order:
    """Return an order of one item, a year that is paid by the month unless `options` say otherwise."""
    resources = {"seats": Resource(offer, quantity)}
    return an_order(**{"reference": reference, "resources": resources, "options": of_today(), **changed})


def known(bench: Office365Bench, offer: str = BASIC) -> Done:
    """Have a customer made that has five licences of an offer; return what it is at Microsoft."""
    bench.road = "direct"
    order = ordering(offer, reference="order:1:provision")
    return work(bench, Task("provision", order.reference, order=order))


def again(done: Done, offer: str, quantity: int = 5, **changed: object) -> Order:
    """Return a further order of a customer whom Microsoft knows."""
    ids = {name: done.vendor_ids[name] for name in ("customer_id", "domain")}
    return ordering(offer, quantity, **{"reference": "order:2:provision", "vendor_ids": ids, "answers": {}, **changed})


def told(bench: Office365Bench, order: Order) -> list[tuple[str, str]]:
    """Return what is refused of an order before anybody pays: fields and sentences."""
    try:
        bench.plugin.validate_order(bench.connection(), order)
    except Rejected as refusal:
        return [(one.field, str(one)) for one in refusal.problems]
    return []
