"""What a vendor holds of a customer as a whole, so that its records can be compared with our books.

A vendor that can list what a customer has there says `ListsHoldings` on its class line. Its commitments are compared
as they are kept; the list shows what they do not: what nobody's books have, and what was not bought for a term.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vendors.base import Connection, Service
from vendors.commitments import Commitment, HoldsCommitments


@dataclass(frozen=True)
class Listed:
    """Something that a customer has at the vendor; `vendor_ids` are those of a service that is just this."""

    commitment: Commitment
    vendor_ids: Mapping[str, str]
    name: str = ""


@dataclass(frozen=True)
class Sold:
    """What we have sold, in the vendor's words: empty where it was sold for no term."""

    term: str = ""
    billing_plan: str = ""


@dataclass(frozen=True)
class Unagreed:
    """What the customer has to do so that an agreement counts again: English source text and its values."""

    message: str
    values: Mapping[str, str]


class ListsHoldings(HoldsCommitments):
    """A vendor that lists all that a customer has there, whoever bought it."""

    @abstractmethod
    def holdings(self, connection: Connection, service: Service) -> Sequence[Listed]:
        """Return what the customer of the service has at the vendor; raises VendorError.

        Also what was bought for no term. The list may lag by `visible_after`.
        """

    @abstractmethod
    def looked_up(self, connection: Connection, service: Service, vendor_id: str) -> Commitment | None:
        """Return one thing of the service's customer as it is now, by the vendor's id; None where it is not known.

        Raises VendorError.
        """

    @abstractmethod
    def resource_ids(self, service: Service) -> Mapping[str, str]:
        """Return what the vendor calls each resource of the service, by resource key. Asks no vendor."""

    @abstractmethod
    def sold(self, options: Mapping[str, str]) -> Sold:
        """Return what a template with these options sells. Asks no vendor."""

    @abstractmethod
    def unagreed(self, service: Service) -> Unagreed | None:
        """Return what is missing where the customer's agreement counts no more, by the facts of the last look.

        None where it counts. Asks no vendor.
        """
