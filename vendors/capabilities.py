"""What some vendors can do and others cannot: a plugin says so on its class line, the platform asks for the class."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from vendors.base import JSON, Connection, Offer, Service


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

    Its `urls` are named begin (a form), leave (the page that leads to the vendor), callback and check.
    """

    @abstractmethod
    def begin_consent(self, connection: Connection, *, redirect_uri: str) -> ConsentRequest:
        """Return the vendor's consent page for this connection."""

    @abstractmethod
    def complete_consent(self, connection: Connection, *, flow: JSON, answer: Mapping[str, str]) -> Grant:
        """Exchange the vendor's answer for tokens and prove that they work; raises VendorError."""


@dataclass(frozen=True)
class UsageWindow:
    """A stretch of *reported* time that is read and stored as a whole (aware moments, half open)."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class UsageLine:
    """One metered line: what was used, when, how much, and the vendor's own columns for reports."""

    meter: str
    used_on: datetime
    quantity: Decimal
    unit: str
    columns: Mapping[str, str] = field(default_factory=dict)


class MetersUsage(ABC):
    """A vendor that reports consumption (CR-606, CR-467)."""

    @abstractmethod
    def windows(self, service: Service, since: datetime, until: datetime) -> Iterable[UsageWindow]:
        """Return the windows to read between two moments, oldest first."""

    @abstractmethod
    def read(self, connection: Connection, service: Service, window: UsageWindow) -> Iterator[list[UsageLine]]:
        """Yield the window's lines page by page, as they come; raises Transient while the window is not ready."""

    @abstractmethod
    def usage_columns(self, audience: str) -> tuple[tuple[str, object], ...]:
        """Return the report's columns, as (name, label), for "operator" or "customer"."""


@dataclass(frozen=True)
class ExistingService:
    """A service found at the vendor that the platform may adopt, with what does not match instead of a guess."""

    service: Service
    customer_name: str
    mismatches: tuple[str, ...] = ()


class ImportsServices(ABC):
    """A vendor whose existing services can become subscriptions (CR-490)."""

    @abstractmethod
    def existing(self, connection: Connection) -> Iterator[ExistingService]:
        """Yield the services that the vendor holds for us."""


class SellsProducts(ABC):
    """A vendor that sells products with data of their own rather than units of a resource (CR-507)."""

    @abstractmethod
    def products(self, connection: Connection) -> Iterable[Offer]:
        """Return the products that can be ordered."""
