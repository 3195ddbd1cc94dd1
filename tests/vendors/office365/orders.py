"""Orders and services for the Office 365 tests, and a look at what was sent for them."""

from collections.abc import Mapping
from dataclasses import replace

from tests.vendors.contract import work
from tests.vendors.memory import MemoryBook
from tests.vendors.office365.bench import ACCOUNT, E3, Office365Bench
from vendors.base import Connection, Done, Order, Resource, Service, Task
from vendors.operations import attempt
from vendors.steps import OnceOnly

ARCHIVING = "2828BE95-46BA-4F91-B2FD-0BEF192ECF60"


BUSINESS_BASIC = "BD938F12-058F-4927-BBA3-AE36B1D2501C"


WITH_ADD_ON = {"archive": Resource(ARCHIVING, 2), "seats": Resource(E3, 5)}


def an_order(**changed: object) -> Order:
    order = Order(
        reference="order:17:provision",
        label="Acme mail",
        account=ACCOUNT,
        resources={"seats": Resource(E3, 5)},
        answers={"domain_prefix": "acme"},
        # Offers of before the new commerce have no term.
        options={"term_duration": "P1Y"},
    )
    return replace(order, **changed)


def basic(quantity: int) -> dict[str, Resource]:
    return {"seats": Resource(BUSINESS_BASIC, quantity)}


def provision(
    bench: Office365Bench, order: Order, book: MemoryBook | None = None, connection: Connection | None = None
) -> Done:
    task = Task("provision", order.reference, order=order)
    return attempt(
        bench.plugin, connection or bench.connection(), task, OnceOnly(book or MemoryBook(), reference=order.reference)
    )


def service_of(done: Done, resources: Mapping[str, Resource]) -> Service:
    return Service(done.vendor_ids, resources, "Acme mail")


def change(bench: Office365Bench, service: Service, key: str = "order:18:change", **quantities: int) -> Done:
    return work(bench, Task("change", key, service=service, quantities=quantities))


def sent(bench: Office365Bench, method: str, path: str) -> list[dict[str, object]]:
    """Return the bodies that were sent to addresses that end with the path."""
    calls = bench.microsoft.requests_seen(method=method)
    return [call["body"] for call in calls if call["path"].casefold().endswith(path.casefold())]
