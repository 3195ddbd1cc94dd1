"""The contract between the platform and a vendor plugin: the plain values they exchange and the class to implement."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Protocol, Self

import requests
from django.utils.translation import gettext

JSON = dict[str, Any]


class FieldKind(StrEnum):
    TEXT = "text"
    SECRET = "secret"  # noqa: S105  # a kind of field, not a secret
    URL = "url"
    CHOICE = "choice"
    COUNTRY = "country"  # a code of ISO 3166, chosen from the list of countries


@dataclass(frozen=True)
class Field:
    """One input of a form that the platform draws for a plugin: of the connection page or of an order."""

    name: str
    label: object
    kind: FieldKind = FieldKind.TEXT
    required: bool = True
    help: object = ""
    choices: tuple[tuple[str, object], ...] = ()
    default: str = ""
    # Changing it makes an earlier consent void (the application or the tenant is another one).
    voids_consent: bool = False
    # An answer of an order: the step (Steps.once) that uses it up; once that is done it can no longer be corrected.
    used_by: str = ""


@dataclass(frozen=True)
class Offer:
    """Something the vendor sells, for the form of an application template."""

    id: str
    name: str
    unit: str = ""
    minimum: int | None = None
    maximum: int | None = None
    category: str = ""
    is_add_on: bool = False
    is_trial: bool = False


@dataclass(frozen=True)
class Fact:
    """A label and a value for the service's page and the API. `label` is English source text (gettext_noop)."""

    name: str
    label: str
    value: str

    @property
    def title(self) -> str:
        """The label in the active language."""
        return gettext(self.label)


@dataclass(frozen=True)
class Person:
    """A contact person."""

    first_name: str = ""
    middle_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Party:
    """The customer's account, as a vendor needs to know it. `country` is an ISO 3166 alpha-2 code."""

    id: str
    company: str
    email: str
    phone: str = ""
    country: str = ""
    region: str = ""
    city: str = ""
    address1: str = ""
    address2: str = ""
    postal_code: str = ""
    registration_number: str = ""
    language: str = "en"
    contact: Person = field(default_factory=Person)

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """Return the account that a payload describes; its contact person stands under `contact`."""
        known = {name: value for name, value in payload.items() if name in cls.__dataclass_fields__}
        known["contact"] = Person(**known.get("contact", {}))
        return cls(**known)


@dataclass(frozen=True)
class Resource:
    """One resource of a service: the vendor's offer behind it and how many units."""

    offer: str
    quantity: int


def _resources(payload: Mapping[str, Any]) -> dict[str, Resource]:
    return {key: Resource(offer=row["offer"], quantity=int(row["quantity"])) for key, row in payload.items()}


@dataclass(frozen=True)
class Order:
    """What is to be provisioned. `reference` is ours, unique and short, and may be left at the vendor as a mark.

    `vendor_ids` are those that the account already has at this vendor, for example a Microsoft customer id.
    `options` come from the application template, `answers` from the order form (`order_fields`).
    """

    reference: str
    label: str
    account: Party
    resources: Mapping[str, Resource]
    answers: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    vendor_ids: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_payload(cls, reference: str, payload: Mapping[str, Any]) -> Self:
        """Return the order that a VendorOperation's payload describes (docs/vendor_plugins.md lists its members)."""
        return cls(
            reference=reference,
            label=payload["label"],
            account=Party.from_payload(payload["account"]),
            resources=_resources(payload["resources"]),
            answers=payload.get("answers", {}),
            options=payload.get("options", {}),
            vendor_ids=payload.get("vendor_ids", {}),
        )


@dataclass(frozen=True)
class Service:
    """A provisioned service: its ids at the vendor and its resources as they are sold now."""

    vendor_ids: Mapping[str, str]
    resources: Mapping[str, Resource]
    label: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """Return the service that a VendorOperation's payload describes under `service`."""
        return cls(
            vendor_ids=payload["vendor_ids"],
            resources=_resources(payload["resources"]),
            label=payload.get("label", ""),
            options=payload.get("options", {}),
        )


@dataclass(frozen=True)
class Done:
    """What an operation left behind: ids to keep (merged into those already known) and facts to show."""

    vendor_ids: Mapping[str, str] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Task:
    """One operation as a plugin sees it when it is asked what became of it."""

    action: str
    reference: str
    order: Order | None = None
    service: Service | None = None
    quantities: Mapping[str, int] = field(default_factory=dict)


class Verdict(StrEnum):
    """What a probe found out about an operation as a whole."""

    DONE = "done"
    NOT_DONE = "not_done"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Probe:
    """A probe's verdict; `done` is what the operation left behind when the verdict is DONE."""

    verdict: Verdict
    done: Done | None = None


@dataclass(frozen=True)
class Access:
    """What a check of the connection found: who we are to the vendor, for the connection page."""

    details: Mapping[str, str] = field(default_factory=dict)


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
    ) -> JSON:
        """Return the confirmed result of the named step, sending it only if it is certain that it is not done yet.

        `send` gets the request id to send with. `find` is asked before anything is sent a second time: it returns what
        it found, None where nothing is there, or raises StillUnknown. After a lost answer, None is believed once
        `visible_after` has passed (None: the plugin's own) and it was said twice more; where `find` reads what the
        vendor changes at once (an object by its id), say timedelta(0). Where it found something, `recover` may get back
        what only the lost answer told: it is given the request id that nothing was answered to, "" after an answer.
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
    settings_fields: ClassVar[tuple[Field, ...]] = ()
    order_fields: ClassVar[tuple[Field, ...]] = ()
    # How long after a change the vendor's lists may not show it yet. "Not there" is believed only then, and after two
    # more looks (vendors/steps.py). settings.VENDOR_VISIBLE_AFTER overrides it; a vendor whose records are right at
    # once says timedelta(0), here or for single steps.
    visible_after: ClassVar[timedelta] = timedelta(minutes=15)
    # Where the customer's people sign in at the vendor, for services of which the vendor tells no address.
    portal: ClassVar[str] = ""
    # A dotted module with urlpatterns, if the plugin has pages of its own; mounted below its slug.
    urls: ClassVar[str] = ""

    @abstractmethod
    def check_access(self, connection: Connection) -> Access:
        """Prove by a cheap read that the connection works; raises VendorError when it does not."""

    @abstractmethod
    def provision(self, connection: Connection, order: Order, steps: Steps) -> Done:
        """Create the service; return its ids and facts."""

    @abstractmethod
    def change(self, connection: Connection, service: Service, quantities: Mapping[str, int], steps: Steps) -> Done:
        """Bring the service to these quantities, by resource key."""

    @abstractmethod
    def suspend(self, connection: Connection, service: Service, steps: Steps) -> Done:
        """Stop the service in a way that can be undone."""

    @abstractmethod
    def resume(self, connection: Connection, service: Service, steps: Steps) -> Done:
        """Start a suspended service again."""

    @abstractmethod
    def cancel(self, connection: Connection, service: Service, steps: Steps) -> Done:
        """End the service for good, or as nearly so as the vendor allows."""

    @abstractmethod
    def probe(self, connection: Connection, task: Task) -> Probe:
        """Look, without changing anything, whether the whole operation is done at the vendor."""

    def catalogue(self, connection: Connection) -> Iterable[Offer]:  # for those who have one
        """Return what can be sold through this connection; nothing by default."""
        return ()

    def validate_order(self, connection: Connection, order: Order) -> None:  # noqa: B027  # accepting is a default
        """Raise Refused, or Rejected, naming each field, when this order could not be provisioned; accept by default.

        All that is missing or wrong is told at once (core.errors.Refusals, vendors.errors.together). A field is one of
        the account (`city`, `zip`, `contact_email`, …) or one of `order_fields`.
        """

    def check(  # noqa: B027  # accepting is a default
        self, connection: Connection, service: Service, quantities: Mapping[str, int]
    ) -> None:
        """Raise Refused when the vendor would not allow these quantities; accept by default."""

    def notices(self, action: str) -> tuple[str, ...]:  # for those who have some
        """Return sentences to show before an action ("takes effect tomorrow"); none by default."""
        return ()

    def facts(self, connection: Connection, service: Service) -> tuple[Fact, ...]:  # for those who can
        """Return what the vendor knows of the service now, as labels and values; nothing by default."""
        return ()
