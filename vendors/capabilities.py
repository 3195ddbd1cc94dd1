"""What some vendors can do and others cannot: a plugin says so on its class line, the platform asks for the class."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from django.utils.translation import gettext_noop

from vendors.base import JSON, Connection, Done, Field, Order, Outcome, Service, Steps, Term
from vendors.errors import Rejected


@dataclass(frozen=True)
class ConsentRequest:
    """Where to send the manager's browser, and what to remember (secretly) until it comes back."""

    url: str
    state: str
    flow: JSON


@dataclass(frozen=True)
class Grant:
    """What a consent brought: secrets to store, the life of the refresh token, and who granted it at the vendor."""

    secrets: Mapping[str, str] = field(repr=False)
    issued_at: datetime
    expires_on: datetime
    details: Mapping[str, str] = field(default_factory=dict)


# Set in the session by a form that wants a consent: the connection's id. The page `leave` takes it and begins.
GRANT_NOW = "vendor_grant_now"


class NeedsConsent(ABC):
    """A vendor whose access a person must grant in the vendor's own pages (Secure Application Model, CR-499).

    Its `urls` are named begin (a form), leave (the page that leads to the vendor) and callback.
    """

    @abstractmethod
    def begin_consent(self, connection: Connection, *, redirect_uri: str) -> ConsentRequest:
        """Return the vendor's consent page for this connection."""

    @abstractmethod
    def complete_consent(self, connection: Connection, *, flow: JSON, answer: Mapping[str, str]) -> Grant:
        """Exchange the vendor's answer for tokens and prove that they work; raises VendorError."""


class NamesResellers(ABC):
    """A vendor to whom a sale names the reseller below us who made it, as the vendor knows it.

    What is told stands in `Order.reseller` and `Service.reseller`, by the names of the fields; empty where we sell.
    """

    # What is asked on a reseller's page.
    reseller_fields: ClassVar[tuple[Field, ...]] = ()

    def reseller_choices(self, connection: Connection) -> tuple[Field, ...]:  # for those who have a list
        """Return the fields with the choices that the vendor has (`dataclasses.replace(field, choices=…)`)."""
        return self.reseller_fields

    @abstractmethod
    def checked_reseller(self, connection: Connection, values: Mapping[str, str]) -> Mapping[str, str]:
        """Return the values as the vendor has them, what was left empty filled in.

        Raises Rejected, naming the field, where that is no reseller of ours at the vendor.
        """


class RenewsTerms(ABC):
    """A vendor whose services are bought for a term and renewed for another."""

    @abstractmethod
    def renew(self, connection: Connection, service: Service, term: Term, steps: Steps) -> Outcome:
        """Buy the service for another term; the ids may be others afterwards."""


class EndsTrials(ABC):
    """A vendor whose own calendar says when a trial ends, however long the plan's period is."""

    @abstractmethod
    def trial_ends(self, options: Mapping[str, str], day: date) -> date:
        """Return the first day after a trial that begins on `day`; `options` are the template's. Asks no vendor."""


class SwitchesServices(ABC):
    """A vendor that can make of a service what another plan sells, without ordering it anew (upgrades, trials)."""

    @abstractmethod
    def may_switch(self, connection: Connection, service: Service, to: Service) -> None:
        """Raise Refused, or Rejected, where the vendor would not; changes nothing.

        `to` has the ids of the service, and resources, offers, units and options of the other plan, by its keys.
        """

    @abstractmethod
    def switch(self, connection: Connection, service: Service, to: Service, steps: Steps) -> Outcome:
        """Make of the service what `to` says; an id that is told empty is forgotten. `probe` gets `to` in its task."""


class Does(StrEnum):
    """What comes of an action: the vendor sends something, a page is opened, a file is downloaded."""

    SENDS = "sends"
    OPENS = "opens"
    DOWNLOADS = "downloads"


@dataclass(frozen=True)
class Action:
    """Something that the people of a service's customer may do at the vendor, beyond ordering and changing.

    `waiting`: also while the order waits for somebody.
    """

    name: str
    label: object
    does: Does = Does.SENDS
    waiting: bool = False


@dataclass(frozen=True)
class Said:
    """What came of an action, as a sentence: English source text (gettext_noop) and its values."""

    message: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Link:
    """A page at the vendor to be opened now: a sign-in that is good once, for example."""

    url: str


@dataclass(frozen=True)
class Document:
    """A file to be downloaded."""

    name: str
    content: bytes = field(repr=False)
    media_type: str = "application/octet-stream"


class OffersActions(ABC):
    """A vendor at which customers may do more with their service: have a letter sent again, sign in, download."""

    @abstractmethod
    def actions(self, service: Service) -> tuple[Action, ...]:
        """Return what makes sense with these ids and facts; asks no vendor."""

    @abstractmethod
    def act(self, connection: Connection, service: Service, name: str) -> Said | Link | Document:
        """Do it; raises VendorError."""


class CorrectsOrders(ABC):
    """A vendor that takes other answers of an order while it still waits for somebody."""

    @abstractmethod
    def correct(self, connection: Connection, service: Service, order: Order) -> None:
        """Have the order at the vendor say what `order` says now: the account's data, and the answers.

        `service` has the ids and facts that the wait has told. The same again changes nothing. Raises VendorError.
        """


class ObservesServices(ABC):
    """A vendor whose services get ids and facts after they were provided, or others than they had (CR-582)."""

    @abstractmethod
    def observe(self, connection: Connection, service: Service) -> Done:
        """Return the ids and facts as they are now: asked every night, and whenever somebody asks the vendor."""


class CountsUnits(ABC):
    """A vendor that reports no usage: our own books count, and are compared with what the vendor holds."""

    @abstractmethod
    def count(self, connection: Connection, service: Service) -> Mapping[str, int]:
        """Return how many units the vendor holds in service now, by resource key."""


@dataclass(frozen=True)
class UsageWindow:
    """A part of a vendor's reports that is read whole or not at all: a day, a billing period, an export.

    `key` names it within its `stream`; read again, it replaces its own lines and no other's. `bookmark` is remembered
    of the stream once the window is whole; "" leaves it where it is (a window that is read anew for safety).
    A stream stands still by itself: a vendor that reports by subscription has one for each.
    """

    key: str
    bookmark: str = ""
    stream: str = ""


@dataclass(frozen=True)
class UsageLine:
    """What a vendor reports to have been used: `quantity` of `meter`, the vendor's id of what a resource is sold as.

    `service` is the id of the service that used it (`ReportsUsage.usage_id`), `day` the day of use. `key` is the
    vendor's own name of the line and need not be the only one: lines of a window are never merged. `cost` is what the
    vendor asks for it, in `currency`; None where the report does not say.
    """

    service: str
    meter: str
    key: str
    quantity: Decimal
    day: date
    cost: Decimal | None = None
    currency: str = ""


class ReportsUsage(ABC):
    """A vendor that reports what was used, across services, in windows that are read page by page."""

    # Which of a service's ids lines name it by.
    usage_id: ClassVar[str]

    @abstractmethod
    def windows(
        self, connection: Connection, services: Sequence[Mapping[str, str]], bookmarks: Mapping[str, str]
    ) -> Iterable[UsageWindow]:
        """Return what is to be read now, of each stream the oldest first. Cheap: asks the vendor little or nothing.

        `services` are the ids of those that we sell and charge by use, `bookmarks` those remembered, by stream.
        """

    @abstractmethod
    def pages(self, connection: Connection, window: UsageWindow) -> Iterator[Sequence[UsageLine]]:
        """Yield the window's lines page by page, never all at once, and end only where the vendor said: that was all.

        Raises Transient where it is not ready yet, also in the middle: the window is read from its beginning then, and
        what was read of it counts for nothing.
        """


class SamplesUsage(ABC):
    """A vendor that tells only what is in use now: it is asked once an hour, and that is what the hour used."""

    @abstractmethod
    def sample(self, connection: Connection, service: Service) -> Mapping[str, Decimal]:
        """Return how many units are in use now, by resource key; at most 6 decimals. What is left out is not used."""


@dataclass(frozen=True)
class PublishedPrices:
    """A list of prices that a vendor publishes for a market, a country; `kind` is one of the plugin's `price_kinds`."""

    kind: str
    market: str


@dataclass(frozen=True, slots=True)
class ListedPrice:
    """A line of a published list: what a unit of a SKU costs us for a term and billing plan, on days from and to.

    `unit_price` is what the list says, for as long as `PriceKey.months` tells; `retail_price` what the vendor proposes
    to ask for it. `tier_from` and `tier_to` bound the quantities it holds for, 0 and None where all; days are
    half open, `valid_until` None without an end. `line` is how people find it in the list: the number of its line.
    """

    line: str
    product: str
    sku: str
    term: str
    billing_plan: str
    segment: str
    currency: str
    title: str
    unit_price: Decimal
    retail_price: Decimal | None
    valid_from: date
    valid_until: date | None
    tier_from: int = 0
    tier_to: int | None = None


@dataclass(frozen=True)
class PriceKey:
    """Which line of the lists a resource is bought at, in the vendor's words; its price is for so many months."""

    product: str
    sku: str
    term: str
    billing_plan: str
    segment: str
    months: int


class PublishesPrices(ABC):
    """A vendor that publishes what it asks of us, market by market, in lists of many lines that are read every day."""

    # What people call the kinds of its lists.
    price_kinds: ClassVar[Mapping[str, object]]

    @abstractmethod
    def published(self, connection: Connection, markets: Collection[str]) -> Sequence[PublishedPrices]:
        """Return the lists to be read, for those markets and the connection's own. Asks no vendor; none is no list."""

    @abstractmethod
    def listed(self, connection: Connection, which: PublishedPrices) -> Iterator[ListedPrice]:
        """Yield the lines of a list one by one, never all at once, and end only where all of it was read.

        All that has to be fetched is there before the first is yielded. Several lines of one thing and day: the last
        counts. Raises VendorError: Transient where it is not to be had now, Rejected (`unreadable_price`) for a line
        that cannot be read. Then nothing of it counts.
        """

    @abstractmethod
    def price_key(self, settings: Mapping[str, str], offer: str, options: Mapping[str, str]) -> PriceKey | None:
        """Return at which line an offer is bought with a template's options; None for one that no list has.

        `settings` are the connection's. Asks no vendor.
        """


UNREADABLE_PRICE = gettext_noop(
    "Line %(line)s, column %(column)s of the price sheet cannot be read: “%(value)s”. Nothing of this sheet was taken,"
    " and the prices before it go on. Ask the vendor, or tell the operator of this installation."
)


def unreadable_price(line: object, column: str, value: object) -> Rejected:
    """Return the refusal of a whole list for what stands in a column of a line."""
    told = str(value)[:100]
    return Rejected(UNREADABLE_PRICE, code="price_unreadable", at=column, line=line, column=column, value=told)
