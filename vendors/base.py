"""The contract between the platform and a vendor plugin: what a plugin is given and the class to implement."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO, ClassVar, Protocol

import requests

from vendors.changing import ChangeRule, Effective
from vendors.fields import Field, FieldKind
from vendors.values import (
    JSON,
    Access,
    ClientTls,
    Done,
    Fact,
    Offer,
    Order,
    Outcome,
    Party,
    Person,
    Probe,
    Resource,
    Secret,
    Service,
    Support,
    Task,
    Term,
    Verdict,
    Waiting,
    Who,
)

# A plugin's author finds everything here.
__all__ = [
    "JSON",
    "Access",
    "ChangeRule",
    "ClientTls",
    "Connection",
    "Done",
    "Effective",
    "Fact",
    "Field",
    "FieldKind",
    "Http",
    "NeverAgain",
    "Offer",
    "Order",
    "Outcome",
    "Party",
    "Person",
    "Probe",
    "Resource",
    "Secret",
    "Secrets",
    "Sent",
    "Service",
    "Steps",
    "Support",
    "Task",
    "Term",
    "VendorPlugin",
    "Verdict",
    "Waiting",
    "Who",
]


@dataclass(frozen=True)
class NeverAgain:
    """Says of a step that it is never sent a second time by itself: there is no way to see whether it was carried out.

    `told` are the members of its result, (name, English label), which an operator types who knows that it was; `sealed`
    are secrets that came with the answer, which may be typed too, and are kept as `Steps.seal` keeps them.
    """

    told: tuple[tuple[str, str], ...] = ()
    sealed: tuple[tuple[str, str], ...] = ()


@dataclass
class Sent:
    """What one step's `send` has sent so far: how many calls that change something, and what came after the last.

    vendors/http.py keeps it, vendors/steps.py reads it.
    """

    changes: int = 0
    accepted: bool = False
    looked_on: bool = False

    def begin(self) -> None:
        """Forget an earlier step's calls."""
        self.changes, self.accepted, self.looked_on = 0, False, False

    def leaves(self, *, changes: bool) -> None:
        """Note that a call is about to be sent; a read after an accepted change looks on from there."""
        if changes:
            self.changes += 1
            self.accepted = self.looked_on = False
        elif self.accepted:
            self.looked_on = True

    def never_left(self) -> None:
        """Take back the last change: it could not be sent."""
        self.changes -= 1


class Steps(Protocol):
    """How a plugin makes a call that changes something (vendors/steps.py is the rule behind it).

    `reference` is the operation's: ours, unique, and fit to be left at the vendor as a mark.
    """

    reference: str

    def once(
        self,
        name: str,
        *,
        send: Callable[[str], JSON],
        find: Callable[[], JSON | None],
        recover: Callable[[str], None] | None = None,
        visible_after: timedelta | None = None,
        same_id: bool = False,
        never_again: NeverAgain | None = None,
        repeats: bool = False,
    ) -> JSON:
        """Return the confirmed result of the named step, sending it only if it is certain that it is not done yet.

        `send` gets the request id to send with. `find` is asked before anything is sent a second time: it returns what
        it found, None where nothing is there, or raises StillUnknown. After a lost answer, None is believed once
        `visible_after` has passed (None: the plugin's own) and it was said twice more; where `find` reads what the
        vendor changes at once (an object by its id), say timedelta(0). Where it found something, `recover` may get back
        what only the lost answer told: it is given the request id that nothing was answered to, "" after an answer.
        `same_id`: the request id is an id of what is made (a station's), and stays the same over all answers.
        `never_again`: None is not believed after a lost answer; the operation is parked until an operator says what
        became of the step. `repeats`: the vendor carries the call out once however often it is sent, and answers as
        before: after a lost answer it is sent again at once under the same id where `find` says None. Where it cannot
        be repeated any more, `find` (or `send`) raises vendors.errors.Unlisted, and the step is parked after the lag.
        """

    def seal(self, secrets: Mapping[str, str]) -> None:
        """Keep what the vendor tells only once (a first password), encrypted, before anything else happens."""

    def has_sealed(self, name: str) -> bool:
        """Return whether a secret of this name is kept."""

    def note(self, message: str, **values: object) -> None:
        """Keep a sentence, as a VendorError's, that people have to read though the operation succeeds; once."""


class Secrets(Protocol):
    """A connection's secrets, decrypted for the plugin that needs them."""

    def read(self) -> Mapping[str, str]:
        """Return the current secrets."""

    def renew(self, fresh: Mapping[str, str], *, issued_at: datetime, expires_on: datetime | None) -> None:
        """Keep renewed tokens, unless a newer grant or a newer token has been stored meanwhile.

        The moments are those of the token that has to live longest (for Microsoft, the refresh token).
        """


class Http(Protocol):
    """The platform's HTTP session (vendors/http.py): timeouts, a journal, redirects off, trouble as VendorError."""

    sent: Sent

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        """Send a request as `requests` does; raises what `requests` raises."""

    def exchange(
        self,
        method: str,
        url: str,
        *,
        changes: bool,
        own: Callable[[requests.Response], bool] = ...,
        **options: Any,
    ) -> requests.Response:
        """Send a request and return what the vendor answered; raises Transient or LostAnswer for what says nothing.

        `own` tells, of a 4xx to a change, whether it reads as a refusal of the vendor's own; anything else is lost.
        """

    def download(self, url: str, into: BinaryIO, *, most: int, **options: Any) -> requests.Response:
        """GET what is too large for memory into a file, undecoded, where the answer is 200; raises Transient."""


@dataclass(frozen=True)
class Connection:
    """What a plugin gets to know of a connection: settings, secrets, the HTTP session, and the present moment."""

    settings: Mapping[str, str]
    secrets: Secrets
    http: Http
    now: datetime

    def setting(self, name: str, default: str = "") -> str:
        """Return a setting, or the default where it is empty."""
        return self.settings.get(name) or default


class VendorPlugin(ABC):
    """One vendor. Holds no rows and no state: everything comes in as arguments, everything goes out as values.

    Each changing method is idempotent by the operation behind `steps`: called again after a crash at any point, it
    finishes what it began and does nothing twice.
    """

    slug: ClassVar[str]
    name: ClassVar[object]
    # Inputs of a connection, of an application template (they arrive as `options`), of an order (as `answers`).
    settings_fields: ClassVar[tuple[Field, ...]] = ()
    template_fields: ClassVar[tuple[Field, ...]] = ()
    order_fields: ClassVar[tuple[Field, ...]] = ()
    # What the vendor can do at all.
    support: ClassVar[Support] = Support()
    # Which plugins know an account by the same ids (its tenant), and which of a service's ids those are.
    family: ClassVar[str] = ""
    account_ids: ClassVar[frozenset[str]] = frozenset()
    # What the secrets are called that are sealed while a service is made, and which of them last.
    secrets: ClassVar[tuple[Secret, ...]] = ()
    # Headers, parameters, JSON members, XML elements and attributes whose values the journal never keeps.
    secret_names: ClassVar[frozenset[str]] = frozenset()
    # With which certificate of ours its server is called, where it asks for one.
    tls: ClassVar[ClientTls | None] = None
    # Groups of settings of each of which at least one is filled in: a key, or a certificate.
    one_of: ClassVar[tuple[tuple[str, ...], ...]] = ()
    # How long after a change the vendor's lists may not show it yet. "Not there" is believed only then, and after two
    # more looks (vendors/steps.py). settings.VENDOR_VISIBLE_AFTER overrides it; a vendor whose records are right at
    # once says timedelta(0), here or for single steps.
    visible_after: ClassVar[timedelta] = timedelta(minutes=15)
    # Whether listing all that is sold takes longer than a person waits: it is kept then, and workers read it.
    lists_slowly: ClassVar[bool] = False
    # Where the customer's people sign in at the vendor, for services of which the vendor tells no address.
    portal: ClassVar[str] = ""
    # A dotted module with urlpatterns, if the plugin has pages of its own; mounted below its slug.
    urls: ClassVar[str] = ""

    @abstractmethod
    def check_access(self, connection: Connection) -> Access:
        """Prove by a cheap read that the connection works; raises VendorError when it does not."""

    @abstractmethod
    def provision(self, connection: Connection, order: Order, steps: Steps) -> Outcome:
        """Create the service; return its ids and facts, or for whom it waits and what that one has to do."""

    def change(self, connection: Connection, service: Service, quantities: Mapping[str, int], steps: Steps) -> Outcome:
        """Bring the service to these quantities, by resource key; demanded where `support` says change."""
        raise NotImplementedError

    def suspend(self, connection: Connection, service: Service, steps: Steps) -> Outcome:
        """Stop the service in a way that can be undone; demanded where `support` says suspend."""
        raise NotImplementedError

    def resume(self, connection: Connection, service: Service, steps: Steps) -> Outcome:
        """Start a suspended service again; demanded where `support` says suspend."""
        raise NotImplementedError

    @abstractmethod
    def cancel(self, connection: Connection, service: Service, steps: Steps) -> Outcome:
        """End the service for good, or as nearly so as the vendor allows."""

    @abstractmethod
    def probe(self, connection: Connection, task: Task) -> Probe:
        """Look, without changing anything, whether the whole operation is done at the vendor."""

    def catalogue(self, connection: Connection) -> Iterable[Offer]:  # for those who have one
        """Return what can be sold through this connection; nothing by default."""
        return ()

    def validate_template(  # noqa: B027  # accepting is a default
        self, connection: Connection, offers: Mapping[str, str], options: Mapping[str, str]
    ) -> None:
        """Raise Rejected, naming each field, where a template's offers (by resource key) are not sold so; accept.

        `options` are those of `template_fields`.
        """

    def follow_up(self, connection: Connection, order: Order) -> tuple[Field, ...]:
        """Return those of the order fields marked `after` that are to be asked now that the others are answered.

        With their choices (`dataclasses.replace(field, choices=…)`), which the vendor may be asked for. Raises
        Rejected, naming the field, for an earlier answer that leads nowhere. As declared by default.
        """
        return tuple(field for field in self.order_fields if field.after)

    def validate_order(self, connection: Connection, order: Order) -> None:  # noqa: B027  # accepting is a default
        """Raise Refused, or Rejected, naming each field, when this order could not be provisioned; accept by default.

        All that is missing or wrong is told at once (core.errors.Refusals, vendors.errors.together). A field is one of
        the account (`city`, `zip`, `contact_email`, …) or one of `order_fields`.
        """

    def check(  # noqa: B027  # accepting is a default
        self, connection: Connection, service: Service, quantities: Mapping[str, int]
    ) -> None:
        """Raise Refused when the vendor would not allow these quantities; accept by default."""

    def change_rule(self, options: Mapping[str, str]) -> ChangeRule:  # for those who have one
        """Return how often other quantities are taken, and from when on they hold; `options` are the template's.

        Asks no vendor. Whenever, and at once, by default. The platform refuses, holds and charges by it.
        """
        return ChangeRule()

    def notices(self, action: str) -> tuple[str, ...]:  # for those who have some
        """Return sentences to show before an action ("takes effect tomorrow"); none by default."""
        return ()

    def facts(self, connection: Connection, service: Service) -> tuple[Fact, ...]:  # for those who can
        """Return what the vendor knows of the service now, as labels and values; nothing by default."""
        return ()
