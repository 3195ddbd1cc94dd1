"""Each customer's whole list at a vendor: what nobody's books have, and what was bought for no term.

A list may lag, so that nothing is believed of it that was not read by its id.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import QuerySet

from core.errors import Refused
from subscriptions.contract.compared import differences
from subscriptions.contract.handover import service_as_held
from subscriptions.contract.wanted import wanted_of
from subscriptions.models import Subscription, SubscriptionStatus
from subscriptions.workers.differing import Looked, Others, keep_found, keep_others
from subscriptions.workers.told import agreement, commitments_told, ids_of, is_told_whole
from vendors import questions
from vendors.commitments import AtEnd, Commitment, State
from vendors.holdings import Listed, ListsHoldings
from vendors.models import VendorConnection
from vendors.registry import plugin_for, plugins

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Customer:
    """A customer as the vendor knows it: our services, and the account's payload by which it is asked for."""

    connection: VendorConnection
    plugin: ListsHoldings
    services: Sequence[Subscription]

    @property
    def accounts(self) -> set[int]:
        """The accounts that are this customer at the vendor: mostly one."""
        return {row.account_id for row in self.services}


def look_at_lists(
    connection: VendorConnection, plugin: ListsHoldings, settled: QuerySet[Subscription], *, now: datetime
) -> int:
    """Read the list of each customer of a connection; return how many new differences there are.

    `settled` are the services with nothing on their way.
    """
    found = 0
    for ids in _by_customer(settled, plugin):
        rows = settled.filter(pk__in=ids).select_related(
            "account__reseller", "plan__template__connection__reseller", "period"
        )
        customer = Customer(connection, plugin, list(rows.order_by("pk")))
        if not customer.services:
            continue
        try:
            found += _look_at(customer, now=now)
        except Refused as trouble:
            logger.warning("account %s: the vendor's list cannot be read: %s", customer.accounts, trouble.code)
    return found


def _by_customer(settled: QuerySet[Subscription], plugin: ListsHoldings) -> Iterable[list[int]]:
    """Return the services of each customer, told apart by what the vendor knows an account by."""
    customers: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for pk, ids in settled.order_by("pk").values_list("pk", "vendor_ids"):
        known = tuple(sorted((name, value) for name, value in ids.items() if name in plugin.account_ids))
        if known:
            customers.setdefault(known, []).append(pk)
    return customers.values()


def _look_at(customer: Customer, *, now: datetime) -> int:
    asked = service_as_held(customer.services[0])
    try:
        listed: Sequence[Listed] = questions.holdings(customer.connection, service=asked, now=now)
    except questions.GoneAtVendor:
        listed = ()
    looked = list(_not_for_a_term(customer, listed, now=now))
    candidates = _nobodys(customer, listed)
    read = [(one, _looked_up(customer, one.commitment.vendor_id, now=now)) for one in candidates]
    still = {one.commitment.vendor_id for one in _nobodys(customer, listed)}  # something may have been bought meanwhile
    others = [
        (customer.services[0], replace(one, commitment=held))
        for one, held in read
        if held is not None and _costs(held) and one.commitment.vendor_id in still
    ]
    found = keep_found(customer.connection, looked, now=now)
    if _is_under_way(customer):
        return found
    return found + keep_others(customer.connection, Others(customer.accounts, others), now=now)


def _not_for_a_term(customer: Customer, listed: Sequence[Listed], *, now: datetime) -> Iterator[Looked]:
    """Yield the services of which not all was bought for a term; where the list differs, it is read by its id."""
    told, wanted = commitments_told(customer.services, now=now), wanted_of(customer.services)
    by_id = {one.commitment.vendor_id.casefold(): one.commitment for one in listed}
    for row in customer.services:
        held = [*told.get(row.pk, ())]
        if is_told_whole(customer.plugin, row, held):
            continue
        bound = {one.resource for one in held}
        for key, vendor_id in ids_of(customer.plugin, row).items():
            shown = by_id.get(vendor_id.casefold())
            if key in bound or (shown is None and row.status == SubscriptionStatus.DELETED):
                continue
            if shown is None or list(differences(wanted[row.pk], [replace(shown, resource=key)])):
                shown = _looked_up(customer, vendor_id, now=now)
            held.append(replace(shown or _gone(vendor_id), resource=key))
        yield Looked(row, [*differences(wanted[row.pk], held), *agreement(customer.plugin, row)])


def _looked_up(customer: Customer, vendor_id: str, *, now: datetime) -> Commitment | None:
    """Return one thing by its id; None where the vendor knows it no more, the customer with it."""
    asked = service_as_held(customer.services[0])
    try:
        return questions.looked_up(customer.connection, service=asked, vendor_id=vendor_id, now=now)
    except questions.GoneAtVendor:
        return None


def _gone(vendor_id: str) -> Commitment:
    return Commitment("", vendor_id, "", State.ENDED, 0)


def _nobodys(customer: Customer, listed: Sequence[Listed]) -> list[Listed]:
    """Return what of the list belongs to no service of the customer's accounts, whatever became of it in the books."""
    ids = Subscription.objects.filter(account__in=customer.accounts).values_list("vendor_ids", flat=True)
    known = {str(value).casefold() for of_one in ids for value in of_one.values()}
    return [one for one in listed if one.commitment.vendor_id.casefold() not in known and _costs(one.commitment)]


def _costs(held: Commitment) -> bool:
    """Return whether something is paid for: what runs and does not end of itself, and what is stopped within a term.

    What was bought for no term and is stopped costs nothing.
    """
    if held.state is State.SUSPENDED:
        return held.at_end is not None
    return held.state is State.ACTIVE and held.at_end is not AtEnd.ENDS


def _is_under_way(customer: Customer) -> bool:
    """Return whether something is on its way for the customer that may have ids which the books do not know yet."""
    rows = Subscription.objects.filter(account__in=customer.accounts).exclude(awaited_operation="")
    return rows.filter(plan__template__connection__plugin__in=_family(customer.connection)).exists()


def _family(connection: VendorConnection) -> list[str]:
    """Return the plugins that know the customer by the same ids: one of them may be selling to it."""
    family = plugin_for(connection.plugin).family
    return [one.slug for one in plugins() if one.slug == connection.plugin or (family and one.family == family)]
