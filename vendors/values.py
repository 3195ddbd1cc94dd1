"""The plain values that the platform and a vendor plugin exchange: orders, services, what came of an operation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Self

from django.utils.translation import gettext

JSON = dict[str, Any]


@dataclass(frozen=True)
class Offer:
    """Something the vendor sells, for the form of an application template.

    `terms` are those it is bought for and `segment` whom alone it is sold to, as English source texts (gettext_noop).
    """

    id: str
    name: str
    unit: str = ""
    minimum: int | None = None
    maximum: int | None = None
    category: str = ""
    is_add_on: bool = False
    is_trial: bool = False
    terms: tuple[str, ...] = ()
    segment: str = ""


@dataclass(frozen=True)
class Fact:
    """A label and a value for the service's page and the API. `label` is English source text (gettext_noop).

    A value that is an address (http, https) is shown as a link. `way_in` marks the one that opens the service, or says
    that this one does not; where none is marked, the first https address does. `of` names what it is told of, where
    several facts share a label: a station, a domain. A fact that is told with an empty value is forgotten. `alarm` is
    for one that somebody has to look at (an agreement that became void): a sentence (gettext_noop) with its
    `alarm_values`; operators are told once when the fact comes to say so.
    """

    name: str
    label: str
    value: str
    way_in: bool | None = None
    of: str = ""
    alarm: str = ""
    alarm_values: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_kept(cls, kept: Mapping[str, Any]) -> Self:
        """Return a fact as it was kept by `kept`; its alarm is told when it begins, and not kept."""
        return cls(kept.get("name", ""), kept["label"], kept["value"], kept.get("way_in"), kept.get("of", ""))

    @property
    def kept(self) -> JSON:
        """The fact as rows keep it."""
        way_in = {} if self.way_in is None else {"way_in": self.way_in}
        of = {"of": self.of} if self.of else {}
        return {"name": self.name, "label": self.label, "value": self.value, **way_in, **of}

    @property
    def title(self) -> str:
        """The label in the active language, behind the name of what it is told of."""
        label = gettext(self.label)
        return f"{self.of}: {label}" if self.of else label


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


@dataclass(frozen=True)
class Term:
    """For how long a service was bought: `months` None runs until it is ended; `expires_on` is the last day and one."""

    months: int | None = None
    trial: bool = False
    expires_on: date | None = None

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """Return the term that a payload describes; an open one where it says nothing."""
        expires = payload.get("expires_on")
        return cls(payload.get("months"), bool(payload.get("trial")), date.fromisoformat(expires) if expires else None)

    @property
    def payload(self) -> JSON:
        """The term as an operation's payload holds it."""
        expires = None if self.expires_on is None else self.expires_on.isoformat()
        return {"months": self.months, "trial": self.trial, "expires_on": expires}


def _resources(payload: Mapping[str, Any]) -> dict[str, Resource]:
    return {key: Resource(offer=row["offer"], quantity=int(row["quantity"])) for key, row in payload.items()}


@dataclass(frozen=True)
class Order:
    """What is to be provisioned. `reference` is ours, unique and short, and may be left at the vendor as a mark.

    `vendor_ids` are those that the account already has at this vendor, for example a Microsoft customer id.
    `options` come from the application template (`template_fields`), `answers` from the order form (`order_fields`),
    `reseller` is what the reseller who sells it is called at the vendor (`reseller_fields`), empty where we do.
    """

    reference: str
    label: str
    account: Party
    resources: Mapping[str, Resource]
    answers: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    vendor_ids: Mapping[str, str] = field(default_factory=dict)
    term: Term = Term()
    reseller: Mapping[str, str] = field(default_factory=dict)

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
            term=Term.from_payload(payload.get("term", {})),
            reseller=payload.get("reseller", {}),
        )


@dataclass(frozen=True)
class Service:
    """A provisioned service: its ids at the vendor and its resources as they are sold now."""

    vendor_ids: Mapping[str, str]
    resources: Mapping[str, Resource]
    label: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    term: Term = Term()
    # What was told of it last, by the names of its facts.
    facts: Mapping[str, str] = field(default_factory=dict)
    # What is wanted at the end of its term (vendors.commitments.AtEnd; "" where nobody said), and how many units then
    # go on, by resource key: all that there are of what is left out.
    at_end: str = ""
    next_units: Mapping[str, int] = field(default_factory=dict)
    # What the reseller who sells it is called at the vendor, empty where we do.
    reseller: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """Return the service that a VendorOperation's payload describes under `service`."""
        return cls(
            vendor_ids=payload["vendor_ids"],
            resources=_resources(payload["resources"]),
            label=payload.get("label", ""),
            options=payload.get("options", {}),
            term=Term.from_payload(payload.get("term", {})),
            facts=payload.get("facts", {}),
            at_end=payload.get("at_end", ""),
            next_units=payload.get("next_units", {}),
            reseller=payload.get("reseller", {}),
        )


@dataclass(frozen=True)
class Done:
    """What an operation left behind: ids to keep (merged into those already known) and facts to show."""

    vendor_ids: Mapping[str, str] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()


class Who(StrEnum):
    """Who has to act before an operation can go on."""

    CUSTOMER = "customer"
    OPERATOR = "operator"
    VENDOR = "vendor"


@dataclass(frozen=True)
class Waiting:
    """An operation has begun, and somebody has to act before it can go on: no trouble, and nobody is alarmed.

    `message` is English source text (gettext_noop) that says what to do, `values` fills its placeholders. The ids are
    kept and the facts shown at once. The operation is looked at again after `look_again`; where it still waits
    `at_most` after it was first told so, it is refused. A later cancel overtakes it. `alarm_after` so long operators
    are told that a customer has not acted. `tells_contact`: the account's contact person, who may have no sign-in here,
    gets the letter too.
    """

    message: str
    values: Mapping[str, object] = field(default_factory=dict)
    who: Who = Who.CUSTOMER
    vendor_ids: Mapping[str, str] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    look_again: timedelta = timedelta(minutes=10)
    at_most: timedelta | None = None
    alarm_after: timedelta | None = None
    tells_contact: bool = False


# What an operation comes to.
Outcome = Done | Waiting


@dataclass(frozen=True)
class Support:
    """Which operations a vendor has at all; the platform offers no other, and says so."""

    change: bool = True
    lower: bool = True
    suspend: bool = True


@dataclass(frozen=True)
class Secret:
    """The label of a secret that a plugin seals (Steps.seal): shown once, or, where it `lasts`, as often as wanted."""

    name: str
    label: object
    lasts: bool = False


@dataclass(frozen=True)
class ClientTls:
    """How a vendor's server is spoken to where it asks who we are: by a certificate of ours.

    `file` names the setting (FieldKind.FILE) that holds certificate and key, PKCS #12 or PEM, `password` the one (a
    SECRET) with its password. `legacy`: the server knows only ciphers that are not safe any more; the connection's page
    says so. `signs`: the plugin signs its sign-in with the key, and no server is shown the certificate; opened and
    watched it is all the same.
    """

    file: str
    password: str = ""
    legacy: bool = False
    signs: bool = False


@dataclass(frozen=True)
class Task:
    """One operation as a plugin sees it when it is asked what became of it.

    `term` is that which a renewal is for, `to` what a switch makes of the service (SwitchesServices).
    """

    action: str
    reference: str
    order: Order | None = None
    service: Service | None = None
    quantities: Mapping[str, int] = field(default_factory=dict)
    term: Term = Term()
    to: Service | None = None


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
