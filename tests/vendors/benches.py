"""The bench on which a vendor plugin is tried: what it has to offer, and what the benches share."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Any, ClassVar, Generic, Protocol, TypeVar
from urllib.parse import urlsplit

from sandbox.wsgi import Environ, Running, start
from tests.vendors.memory import MemoryJournal, MemorySecrets, stopped_soon
from vendors.base import JSON, Connection, Order, Task, VendorPlugin
from vendors.errors import Parked
from vendors.http import VendorSession


class Trouble(Enum):
    """What can happen to a changing call between us and the vendor."""

    LOST_BEFORE = auto()
    LOST_AFTER = auto()
    ERROR_BEFORE = auto()
    ERROR_AFTER = auto()
    THROTTLED = auto()
    UNREADABLE_AFTER = auto()  # a page of HTML with the status of success, after everything was done
    TRUNCATED_AFTER = auto()  # half an answer, after everything was done
    TIMEOUT_408_BEFORE = auto()
    TIMEOUT_408_AFTER = auto()
    GATEWAY_4XX_BEFORE = auto()  # 403 with the page of something in between, which does not speak for the vendor
    GATEWAY_4XX_AFTER = auto()
    GATEWAY_JSON_BEFORE = auto()  # 403 with JSON of something in between, whose members are not those of the vendor
    GATEWAY_JSON_AFTER = auto()
    EMPTY_SUCCESS_BEFORE = auto()  # 200 with {}, of something in between: nothing was done
    EMPTY_SUCCESS_AFTER = auto()
    REDIRECTED_AFTER = auto()  # done, and sent on to an address that is none
    ANOTHERS_AFTER = auto()  # done, and answered with what belongs to somebody else
    LAGGING = auto()  # done, the answer lost, and lists that show it later, within the plugin's visible_after
    CONFLICT = auto()  # 409 without a code that the plugin knows
    NOT_FOUND_JUST_MADE = auto()  # done, and the next read by an id does not know it yet
    STRANGE_RETRY_AFTER = auto()  # throttled until a date a year ahead, without a zone
    SLOW = auto()  # accepted, and ready only after the vendor was asked a few times: what this vendor makes that way


@dataclass(frozen=True)
class Held:
    """One service as the vendor's own records show it; `billed` says whether the vendor still asks money for it."""

    quantity: int
    running: bool
    billed: bool | None = field(default=None, compare=False)

    @property
    def costs(self) -> bool:
        """Whether the vendor asks money for it: as long as it runs, where the bench says nothing else."""
        return self.running if self.billed is None else self.billed


class ContractBench(Protocol):
    """A plugin, its pretend vendor, and a look into that vendor's records."""

    plugin: VendorPlugin
    resource: ClassVar[str]
    journal: MemoryJournal

    def connection(self) -> Connection:
        """Return a connection that works."""

    def wrong_connection(self) -> Connection:
        """Return a connection whose credentials the vendor refuses."""

    def order(self, *, reference: str, quantity: int) -> Order:
        """Return an order of a customer of its own, with `resource` as its resource."""

    def held(self) -> list[Held]:
        """Return every service that the vendor holds."""

    def trouble(self, kind: Trouble, *, nth: int, times: int = 1) -> None:
        """Let the n-th changing call from now, and `times` - 1 after it, meet the trouble."""

    def advance(self, seconds: float) -> None:
        """Move the clock of the plugin's connection and the vendor's forward."""

    def changing_calls(self) -> int:
        """Return how many changing calls the vendor has been sent so far, refused ones included."""

    # In how many ways the vendor may lose what it holds: the names that `lose` knows.
    ways_gone: ClassVar[tuple[str, ...]]

    def lose(self, way: str) -> None:
        """Let the vendor no longer have what it holds, as if removed there; `held` no longer shows it running."""

    def astray(self) -> AbstractContextManager[None]:
        """Let a gateway answer every call with its own 404 page for the length of a with block."""

    def down(self) -> AbstractContextManager[None]:
        """Keep the vendor from being reached for the length of a with block."""

    def secret_values(self) -> list[str]:
        """Return every secret that has been in play: keys, tokens, first passwords."""

    def several(self, *, reference: str) -> Order | None:
        """Return an order of two resources in one service, where the plugin sells such; None where it does not."""

    def units(self) -> dict[str, int]:
        """Return how many units of each resource the vendor's records show of the one service there is."""

    # The settings of a template under which the vendor takes only so many changes a day (ChangeRule).
    ruled: ClassVar[dict[str, str]]

    def hold_to_the_rule(self) -> None:
        """Let the vendor refuse one change more on a day than its contract for `ruled` allows."""

    # What Clocked says for benches whose vendor knows nothing of it.

    # How many units an order is for, and another one beside it.
    ordered: int
    another: int
    # Whether a cancelled service ends at the vendor, or runs out by itself.
    ends: bool
    # Whether the vendor can be asked what became of an order; where it cannot, a lost one is parked.
    looks_up: bool
    # The name of the fact that tells the units; "" where none does.
    quantity_fact: str

    def waiting_order(self, *, reference: str) -> Order:
        """Return an order that waits for somebody, where this vendor's ever do; any other where they do not."""

    def act(self) -> None:
        """Do what people have to do before an operation that waits can go on: follow the link of a mail, say."""

    def settle(self, parked: Parked, task: Task) -> JSON | None:
        """Return what the vendor's records show of a parked step, as an operator tells it; None: it is not there."""

    def approach_end(self) -> None:
        """Let so much of the term pass that it can be renewed."""

    def is_renewed(self) -> bool:
        """Return whether the vendor's records show the one service there is as renewed, once."""


NewBench = Callable[[], AbstractContextManager[ContractBench]]


class Clocked:
    """The clock of a bench, what the plugin's connection takes for now and the vendor's with it; and what is usual."""

    plugin: VendorPlugin
    ordered, another, ends, looks_up = 5, 6, True, True
    quantity_fact = ""
    ruled: ClassVar[dict[str, str]] = {}

    def order(self, *, reference: str, quantity: int) -> Order:
        """See ContractBench."""
        raise NotImplementedError

    def waiting_order(self, *, reference: str) -> Order:
        """See ContractBench: an order like any other."""
        return self.order(reference=reference, quantity=self.ordered)

    def act(self) -> None:
        """See ContractBench: nothing of this vendor's waits for people."""
        raise NotImplementedError

    def settle(self, parked: Parked, task: Task) -> JSON | None:
        """See ContractBench: no step of this vendor's is parked."""
        raise NotImplementedError

    def several(self, *, reference: str) -> Order | None:
        """See ContractBench: every service is of one resource."""
        return None

    def units(self) -> dict[str, int]:
        """See ContractBench: every service is of one resource."""
        raise NotImplementedError

    def hold_to_the_rule(self) -> None:
        """See ContractBench: this vendor takes any number of changes."""
        raise NotImplementedError

    def approach_end(self) -> None:
        """See ContractBench: what this vendor sells can be renewed at any time."""

    def is_renewed(self) -> bool:
        """See ContractBench: this vendor knows no terms."""
        raise NotImplementedError

    def __init__(self) -> None:
        self.now = datetime.now(UTC)
        self.journal = MemoryJournal()

    def connect(self, settings: Mapping[str, str], secrets: dict[str, str]) -> Connection:
        """Return a connection as the platform opens it: journalled, the plugin's secrets masked, at the bench's now."""
        session = VendorSession(self.journal, pause=0, secret_names=self.plugin.secret_names)
        return Connection(settings, MemorySecrets(secrets, session), session, self.now)

    def advance(self, seconds: float) -> None:
        """See ContractBench."""
        self.now += timedelta(seconds=seconds)
        self.advance_vendor(seconds)

    def advance_vendor(self, seconds: float) -> None:
        """Move the clock of the pretend vendor forward."""
        raise NotImplementedError


# What the sandbox calls a trouble, and what it is told besides its name (sandbox/faults.py).
FAULTS: dict[Trouble, tuple[str, JSON]] = {
    Trouble.LOST_BEFORE: ("drop_before", {}),
    Trouble.LOST_AFTER: ("drop_after", {}),
    Trouble.ERROR_BEFORE: ("error_before", {}),
    Trouble.ERROR_AFTER: ("error_after", {}),
    Trouble.THROTTLED: ("throttle", {}),
    Trouble.UNREADABLE_AFTER: ("unreadable_after", {}),
    Trouble.TRUNCATED_AFTER: ("truncated_after", {}),
    Trouble.TIMEOUT_408_BEFORE: ("timeout_before", {}),
    Trouble.TIMEOUT_408_AFTER: ("timeout_after", {}),
    Trouble.GATEWAY_4XX_BEFORE: ("gateway_before", {}),
    Trouble.GATEWAY_4XX_AFTER: ("gateway_after", {}),
    Trouble.GATEWAY_JSON_BEFORE: ("gateway_before", {"body": {"message": "Forbidden"}}),
    Trouble.GATEWAY_JSON_AFTER: ("gateway_after", {"body": {"message": "Forbidden"}}),
    Trouble.EMPTY_SUCCESS_BEFORE: ("answer", {"status": 200}),
    Trouble.EMPTY_SUCCESS_AFTER: ("odd_after", {}),
    Trouble.REDIRECTED_AFTER: ("redirect_after", {}),
    Trouble.ANOTHERS_AFTER: ("anothers_after", {}),
    Trouble.LAGGING: ("error_after", {}),
    Trouble.CONFLICT: ("conflict", {}),
    Trouble.STRANGE_RETRY_AFTER: ("throttle", {"retry_after": "Wed, 28 Nov 2029 12:00:00"}),
}


class SandboxVendor(Protocol):
    """What the benches ask of a pretend vendor of the sandbox (sandbox/control.py)."""

    def __call__(self, environ: Environ, start_response: Any) -> Any:
        """Answer as a WSGI application."""

    def fail(self, kind: str, *, method: str = "*", path: str = ".*", nth: int = 1, times: int = 1, **more: Any) -> Any:
        """Arrange a trouble."""

    def heal(self) -> None:
        """Forget all troubles."""

    def advance(self, *, days: float = 0, seconds: float = 0) -> None:
        """Move the clock forward."""


Vendor = TypeVar("Vendor", bound=SandboxVendor)


class SandboxBench(Clocked, Generic[Vendor]):
    """A bench whose vendor is one of the sandbox's: its troubles, its clock, its ups and downs."""

    # Where the vendor is asked at all.
    api: ClassVar[str] = ".*"

    def __init__(self, vendor: Vendor, running: Running) -> None:
        super().__init__()
        self.vendor, self.running, self.base_url = vendor, running, running.base_url
        self.journal = MemoryJournal()

    def fail(self, kind: Trouble, *, nth: int, times: int, **where: str) -> None:
        """Arrange a trouble, where the sandbox has it, for the changing calls at `path` (and of a `method`)."""
        if kind in FAULTS:
            name, details = FAULTS[kind]
            self.vendor.fail(name, nth=nth, times=times, **where, **details)

    def advance_vendor(self, seconds: float) -> None:
        """See Clocked."""
        self.vendor.advance(seconds=seconds)

    @contextmanager
    def astray(self) -> Iterator[None]:
        """See ContractBench."""
        self.vendor.fail("gateway_before", path=self.api, times=1_000_000, status=404)
        yield
        self.vendor.heal()

    @contextmanager
    def down(self) -> Iterator[None]:
        """See ContractBench."""
        self.running.stop()
        yield
        self.running = start(self.vendor, port=urlsplit(self.base_url).port or 0)


Bench = TypeVar("Bench", bound=SandboxBench[Any])


@contextmanager
def over_sandbox(kind: Callable[[Any, Running], Bench], vendor: SandboxVendor) -> Iterator[Bench]:
    """Yield a bench over a pretend vendor that is served meanwhile."""
    bench = kind(vendor, start(vendor))
    try:
        yield bench
    finally:
        stopped_soon(bench.running)
