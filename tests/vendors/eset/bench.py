"""The ESET plugin on the contract suite's bench: the pretend ESET over real HTTP."""

from contextlib import AbstractContextManager

from sandbox.eset import Eset as Vendor
from sandbox.eset.world import DEMO_PASSWORD, DEMO_USER, FULL, OBSOLETE, SUSPENDED
from sandbox.wsgi import Running
from tests.vendors.benches import Held, SandboxBench, Trouble, over_sandbox
from tests.vendors.contract import provisioning, work
from tests.vendors.memory import MemoryBook
from vendors.base import JSON, Connection, Order, Party, Person, Resource, Service, Task
from vendors.errors import LostAnswer, Parked, StillUnknown, Transient
from vendors.eset.plugin import Eset
from vendors.operations import attempt
from vendors.steps import OnceOnly

NOD32, ENDPOINT, SERVER = "105", "120", "130"
WRONG_PASSWORD = "not-the-password"
ACCOUNT = Party(
    id="12",
    company="Acme & Söhne",
    email="office@acme.example",
    country="CZ",
    city="Praha",
    address1="Hlavní 1",
    postal_code="110 00",
    contact=Person(first_name="Tania", last_name="Carr", email="tania@acme.example"),
)
CHANGES = r"/api/(Company/Create|License/(Order|UpdateQuantity|Suspend|Unsuspend|ConvertToFull|ChangeProduct))"
READS = r"/api/(License/Detail|Search/|Company/Children)"


class EsetBench(SandboxBench[Vendor]):
    """See tests/vendors/benches.py, ContractBench. Its tokens are kept, and run out, between attempts."""

    resource = "units"
    quantity_fact = "ordered"
    ways_gone = ("remove_licences", "move_customers")
    api = "/api/"

    def __init__(self, vendor: Vendor, running: Running) -> None:
        super().__init__(vendor, running)
        self.plugin = Eset()
        self.secrets = {"password": DEMO_PASSWORD}

    def connection(self, **settings: str) -> Connection:
        return self._opened(self.secrets, settings)

    def wrong_connection(self) -> Connection:
        return self._opened({"password": WRONG_PASSWORD}, {})

    def order(self, *, reference: str, quantity: int) -> Order:
        return Order(reference, "Acme anti-virus", ACCOUNT, {"units": Resource(NOD32, quantity)})

    def held(self) -> list[Held]:
        world = self.vendor.world
        states = [(row, world.state_of(row)) for row in world.licences() if world.is_ours(row["company"])]
        return [
            Held(
                row["quantity"],
                running=state not in (SUSPENDED, OBSOLETE),
                billed=state not in (SUSPENDED, OBSOLETE) and row["type"] == FULL,
            )
            for row, state in states
        ]

    def trouble(self, kind: Trouble, *, nth: int, times: int = 1) -> None:
        if kind is Trouble.LAGGING:
            self.vendor.behave(list_lag_seconds=self.plugin.visible_after.total_seconds() - 30)
        if kind is Trouble.NOT_FOUND_JUST_MADE:
            self.vendor.fail("not_found", path="/License/Detail", nth=nth, times=times)
        self.fail(kind, path=CHANGES, nth=nth, times=times)

    def changing_calls(self) -> int:
        changing = ("create/customer", "order", "updatequantity", "suspend", "converttofull", "changeproduct")
        return sum(call["path"].lower().endswith(changing) for call in self.vendor.requests_seen())

    def settle(self, parked: Parked, task: Task) -> JSON | None:
        """See ContractBench: the licence that stands at the customer whom the sentence names."""
        for row in self.vendor.world.licences():
            if row["company"] in str(parked):
                return {"licence_id": row["key"]}
        return None

    def lose(self, way: str) -> None:
        getattr(self.vendor, way)()

    def hold_to_the_rule(self) -> None:
        self.vendor.behave(once_a_day=True)

    def secret_values(self) -> list[str]:
        tokens = [row[name] for row in self.vendor.world.store.all("access") for name in ("access", "refresh")]
        return [DEMO_PASSWORD, WRONG_PASSWORD, *tokens]

    def _opened(self, secrets: dict[str, str], settings: dict[str, str]) -> Connection:
        return self.connect({"base_url": self.base_url, "username": DEMO_USER, **settings}, secrets)


def open_bench() -> AbstractContextManager[EsetBench]:
    """Return a bench with a fresh ESET."""
    return over_sandbox(EsetBench, Vendor())


def provided(bench: EsetBench, quantity: int = 5, *, reference: str = "order:1:provision", **options: str) -> Service:
    """Provide a service of so many units and return it."""
    task = provisioning(bench, reference=reference, quantity=quantity)
    assert task.order is not None
    order = Order(reference, task.order.label, ACCOUNT, task.order.resources, options=options)
    done = work(bench, Task("provision", reference, order=order))
    return Service(done.vendor_ids, order.resources, order.label, options)


def parked_after(bench: EsetBench, task: Task, book: MemoryBook) -> Parked:
    """Return how a task is parked whose call's answer is lost while no list shows what it made."""
    bench.vendor.fail("answer", path="/Search/Licenses", times=1000, status=200, body={"search": []})
    for _turn in range(40):
        try:
            attempt(bench.plugin, bench.connection(), task, OnceOnly(book, reference=task.reference))
        except Parked as parked:
            return parked
        except (LostAnswer, StillUnknown, Transient) as trouble:
            bench.advance(trouble.retry_after or 10)
    raise AssertionError("never parked")
