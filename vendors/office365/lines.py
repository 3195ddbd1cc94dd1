"""What is ordered at Microsoft, line by line, and how a line is known again among a customer's orders."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop

from vendors.base import JSON, NeverAgain, Resource
from vendors.commitments import AtEnd
from vendors.microsoft.partner_center import Members, PartnerCenter, id_of, require_same, same_id
from vendors.microsoft.shapes import moment_of

# The segment of whoever is no school, authority or charity, as price sheets spell it.
COMMERCIAL = "Commercial"
# What an operator names who has found at Microsoft what no list shows.
TOLD = NeverAgain((("order_id", gettext_noop("Order ID")),))
# The end of a subscription's name at Microsoft that one of our operations has given it.
_MARK = re.compile(r"\([^()]*:[^()]*/[^()]*\)$")


def is_item(offer: str) -> bool:
    """Return whether the id is a catalogue item's (product:sku, or with an availability), not an older offer's."""
    return ":" in offer


def same_item(one: str, other: str) -> bool:
    """Return whether two ids are of one SKU, whatever their availabilities."""
    return [part.casefold() for part in one.split(":")[:2]] == [part.casefold() for part in other.split(":")[:2]]


@dataclass(frozen=True)
class Line:
    """One resource to be ordered. `mark` is how we know our line again at Microsoft, should the answer be lost."""

    key: str
    offer: str
    quantity: int
    name: str
    mark: str

    @property
    def friendly_name(self) -> str:
        """The subscription's name at Microsoft, our mark included."""
        return f"{self.name} ({self.mark})"

    @property
    def modern(self) -> bool:
        """Whether the offer is a catalogue item (product:sku, or with an availability), bought through a cart."""
        return is_item(self.offer)


@dataclass(frozen=True)
class Terms:
    """How to order: billing cycle and (for catalogue items) term on the wire, country, the reseller's MPN id.

    `segment` is whom it is sold to, `at_end` what is arranged for the end of the term; `attested`: the conditions of
    offers that have some are accepted. `carts`: everything goes through a cart; else, as in 2019, licence offers are
    ordered by orders.
    """

    billing_cycle: str = "monthly"
    country: str = "US"
    partner_mpn_id: str = ""
    term_duration: str = ""
    segment: str = COMMERCIAL
    promotion_id: str = ""
    attested: bool = False
    at_end: AtEnd = AtEnd.RENEWS
    # The last day of the first term (ISO 8601), where it is to end with others (alignment.py).
    ends_with: str = ""
    carts: bool = True


def lines_of(resources: Mapping[str, Resource], *, label: str, reference: str) -> list[Line]:
    """Return the lines to order: resources that have an offer at Microsoft and a quantity."""
    return [
        Line(key=key, offer=resource.offer, quantity=resource.quantity, name=label, mark=f"{reference}/{key}")
        for key, resource in sorted(resources.items())
        if resource.offer and resource.quantity > 0
    ]


def find(partner_center: PartnerCenter, customer_id: str, lines: Iterable[Line]) -> dict[str, str] | None:
    """Return the vendor ids of lines that were ordered earlier, known by their marks; None when one is missing."""
    wanted = {line.friendly_name: line.key for line in lines}
    ids: dict[str, str] = {}
    for found in partner_center.collection(f"customers/{customer_id}/orders"):
        for row in found.get("lineItems") or []:
            key = wanted.pop(str(row.get("friendlyName") or ""), None)
            if key is not None:
                ids |= ids_of(key, str(found["id"]), row)
    return None if wanted else ids


@dataclass(frozen=True)
class Listed:
    """What the lists of a customer show of a line: `ids` of ours, and the numbers of orders that look alike."""

    ids: dict[str, str] | None
    alike: tuple[str, ...] = ()


def listed(partner_center: PartnerCenter, customer_id: str, line: Line, *, item: str, since: datetime) -> Listed:
    """Look for a line among the customer's orders: by our mark, else by item, quantity and time.

    Ours without its mark is only the one that has no name at all; one with another name is somebody else's, and told.
    """
    nameless: list[dict[str, str]] = []
    alike: list[str] = []
    for found in partner_center.collection(f"customers/{customer_id}/orders"):
        for row in found.get("lineItems") or []:
            name = str(row.get("friendlyName") or "")
            ids = ids_of(line.key, str(found["id"]), row)
            if name == line.friendly_name:
                return Listed(ids)
            if _MARK.search(name) or not _is_alike(found, row, line, item=item, since=since):
                continue
            alike.append(str(found["id"]))
            nameless += [] if name else [ids]
    return Listed(nameless[0] if len(nameless) == 1 else None, tuple(alike))


def _is_alike(order: Members, row: Members, line: Line, *, item: str, since: datetime) -> bool:
    made = moment_of(order.get("creationDate"))
    return (
        same_id(str(row.get("offerId") or ""), item)
        and str(row.get("quantity") or "") == str(line.quantity)
        and (made is None or made >= since)
    )


def ids_of(key: str, order_id: str, row: Members) -> dict[str, str]:
    """Return the vendor ids of a line that an order's row tells."""
    ids = {f"order_id.{key}": order_id, f"line.{key}": str(row.get("lineItemNumber") or 0)}
    subscription_id = row.get("subscriptionId")
    return ids | ({f"subscription_id.{key}": str(subscription_id)} if subscription_id else {})


def require_ours(made: Members, customer_id: str) -> None:
    """Raise LostAnswer for an order of another customer: its ids are none of ours."""
    require_same(made.get("referenceCustomerId") or customer_id, customer_id)


def ids_by_number(made: Members, lines: list[Line]) -> JSON:
    """Return the vendor ids of all lines of an order, whose rows are numbered as they were sent."""
    ids: dict[str, str] = {}
    for number, line in enumerate(lines):
        (row,) = [row for row in made["lineItems"] if int(row["lineItemNumber"]) == number]
        ids |= ids_of(line.key, id_of(made), row)
    return ids
