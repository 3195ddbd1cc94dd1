"""Asking a vendor something that changes nothing, for people who wait: trouble becomes a Refused with its sentence."""

import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection as database
from django.utils.translation import gettext_lazy as _

from core.errors import Refused, Remedy
from core.panel.formats import moment_text
from vendors import budget, catalogues
from vendors.absent import AbsentPlugin
from vendors.access import opened
from vendors.answers import checked_all
from vendors.base import Done, Fact, Field, Offer, Order, Service
from vendors.capabilities import (
    CorrectsOrders,
    CountsUnits,
    Document,
    Link,
    NamesResellers,
    NeedsConsent,
    ObservesServices,
    OffersActions,
    Said,
    SamplesUsage,
    SwitchesServices,
)
from vendors.commitments import Commitment, HoldsCommitments
from vendors.commitments import lowers_on as first_day_lowered
from vendors.errors import Gone, Rejected, VendorError, told_with_the_way_out
from vendors.holdings import Listed, ListsHoldings
from vendors.models import ConnectionState, VendorConnection
from vendors.registry import plugin_for

logger = logging.getLogger(__name__)

BEING_READ = _(
    "The vendor's catalogue is long and is being read now, which takes some minutes. Open this page again then."
)

READ_IN_VAIN = _(
    "The vendor's catalogue could not be read on %(moment)s: %(reason)s It is read once more now: open this page again"
    " in some minutes."
)

Answer = TypeVar("Answer")
LETS_NOTHING_BE_ASKED = frozenset(
    {ConnectionState.WAITING_FOR_CONSENT, ConnectionState.REGRANT_NEEDED, ConnectionState.MISCONFIGURED}
)


class VendorUnavailable(Refused):
    """The vendor could not be asked, or refused to answer; the sentence says what to do."""

    code = "vendor_unavailable"


class BeingRead(VendorUnavailable):
    """The vendor lists what it sells for longer than a person waits: a worker has to (vendors.tasks.read_catalogue)."""

    code = "being_read"


class GoneAtVendor(VendorUnavailable):
    """The vendor no longer has the service; the sentence says to delete it and to order anew."""

    code = "gone_at_vendor"


def may_ask(connection: VendorConnection | None) -> None:
    """Raise VendorUnavailable where it is known that the vendor lets nothing be asked: no grant, or wrong settings.

    Asks nobody: pages and verbs read the connection's state alike.
    """
    if connection is None:
        return
    plugin = plugin_for(connection.plugin)
    waits = isinstance(plugin, AbsentPlugin) or (
        connection.state == ConnectionState.NEW and isinstance(plugin, NeedsConsent)
    )
    if waits or connection.state in LETS_NOTHING_BE_ASKED:
        raise VendorUnavailable(
            _("The vendor cannot be asked now: our access to it has to be granted anew or put right."),
            remedy=Remedy("vendor_connection", connection.pk),
        )


def catalogue(connection: VendorConnection, *, now: datetime) -> tuple[Offer, ...]:
    """Return what can be sold through the connection; raises VendorUnavailable.

    Where a vendor lists slowly, what was read before is told (vendors/catalogues.py), and what takes longer than a
    person waits is left to a worker: raises BeingRead.
    """
    plugin = plugin_for(connection.plugin)
    known = catalogues.kept(connection) if plugin.lists_slowly else None
    if known is not None:
        return known
    try:
        offers = _asked(lambda: tuple(plugin.catalogue(opened(connection, now=now))))
    except VendorUnavailable as trouble:
        if not plugin.lists_slowly or trouble.code != budget.SLOW:
            raise
        raise _being_read(connection) from trouble
    return catalogues.keep(connection, offers, now=now) if plugin.lists_slowly else offers


def _being_read(connection: VendorConnection) -> BeingRead:
    """Return what to say while a worker reads a catalogue: it has to, or has tried to and is asked to once more."""
    failed = catalogues.trouble(connection)
    if failed is None:
        return BeingRead(BEING_READ)
    at, reason = failed
    return BeingRead(READ_IN_VAIN % {"moment": moment_text(at), "reason": reason})


def validate_template(
    connection: VendorConnection | None, *, offers: Mapping[str, str], options: Mapping[str, str], now: datetime
) -> None:
    """Raise Refused, naming each field, where the vendor does not sell a template's offers so; they are by resource.

    A vendor that cannot be asked now refuses nothing here: what is ordered is looked at again.
    """
    if connection is None:
        return
    plugin = plugin_for(connection.plugin)
    try:
        may_ask(connection)
        _asked(lambda: plugin.validate_template(opened(connection, now=now), offers, options))
    except VendorUnavailable as refusal:
        if isinstance(refusal.__cause__, Rejected):
            raise
        logger.info("a template over connection %s is saved without asking its vendor: %s", connection.pk, refusal)


def order_fields(connection: VendorConnection | None) -> tuple[Field, ...]:
    """Return all inputs that an order over this connection may need; none for a plan without a vendor."""
    return plugin_for(connection.plugin).order_fields if connection else ()


def first_fields(connection: VendorConnection | None) -> tuple[Field, ...]:
    """Return the inputs of an order that are asked first; `follow_up` tells what their answers lead to."""
    return tuple(field for field in order_fields(connection) if not field.after)


def template_fields(connection: VendorConnection | None) -> tuple[Field, ...]:
    """Return the inputs of an application template over this connection."""
    return plugin_for(connection.plugin).template_fields if connection else ()


def follow_up(
    connection: VendorConnection | None, *, reference: str, payload: Mapping[str, Any], now: datetime
) -> tuple[Field, ...]:
    """Return what is to be asked after the answers in the payload of an order; the vendor is asked where it must be.

    Raises Refused, naming the field, for an answer that leads nowhere.
    """
    if connection is None or not any(field.after for field in order_fields(connection)):
        return ()
    plugin, order = plugin_for(connection.plugin), Order.from_payload(reference, payload)
    return _asked(lambda: plugin.follow_up(opened(connection, now=now), order))


def validate_order(
    connection: VendorConnection | None, *, reference: str, payload: Mapping[str, Any], now: datetime
) -> None:
    """Raise Refused, naming the field, when the order that the payload describes could not be provisioned."""
    if connection is None:
        return
    may_ask(connection)
    checked_all((field for field in order_fields(connection) if not field.after), payload.get("answers", {}))
    plugin, order = plugin_for(connection.plugin), Order.from_payload(reference, payload)
    _asked(lambda: plugin.validate_order(opened(connection, now=now), order))


def check(
    connection: VendorConnection | None,
    *,
    service: Mapping[str, Any],
    quantities: Mapping[str, int],
    now: datetime,
) -> None:
    """Raise Refused when the vendor would not allow these quantities of the service."""
    if connection is None:
        return
    may_ask(connection)
    plugin, known = plugin_for(connection.plugin), Service.from_payload(service)
    _asked(lambda: plugin.check(opened(connection, now=now), known, quantities))


def may_switch(
    connection: VendorConnection | None, *, service: Mapping[str, Any], to: Mapping[str, Any], now: datetime
) -> None:
    """Raise Refused when the vendor would not make of a service what another plan sells (`to`)."""
    if connection is None:
        return
    may_ask(connection)
    plugin = plugin_for(connection.plugin)
    if not isinstance(plugin, SwitchesServices):
        raise TypeError(f"the plugin {connection.plugin} switches nothing")
    known, wanted = Service.from_payload(service), Service.from_payload(to)
    _asked(lambda: plugin.may_switch(opened(connection, now=now), known, wanted))


def lowers_on(
    connection: VendorConnection | None, *, service: Mapping[str, Any], quantities: Mapping[str, int], now: datetime
) -> date | None:
    """Return the first day with fewer units where the vendor does not take them back now; None where it does.

    Raises NotLoweredSo, VendorUnavailable.
    """
    plugin = plugin_for(connection.plugin) if connection is not None else None
    known = Service.from_payload(service)
    fewer = any(quantities.get(key, one.quantity) < one.quantity for key, one in known.resources.items())
    if connection is None or not isinstance(plugin, HoldsCommitments) or not fewer:
        return None
    return first_day_lowered(commitments(connection, service=service, now=now), quantities, now)


def facts(connection: VendorConnection | None, *, service: Mapping[str, Any], now: datetime) -> tuple[Fact, ...]:
    """Return what the vendor knows of the service now, as labels and values; raises VendorUnavailable."""
    if connection is None:
        return ()
    plugin, known = plugin_for(connection.plugin), Service.from_payload(service)
    return _asked(lambda: plugin.facts(opened(connection, now=now), known))


def reseller_choices(connection: VendorConnection, *, now: datetime) -> tuple[Field, ...]:
    """Return what the vendor asks of a reseller, with its choices; nothing of another. Raises VendorUnavailable."""
    plugin = plugin_for(connection.plugin)
    if not isinstance(plugin, NamesResellers):
        return ()
    may_ask(connection)
    return _asked(lambda: plugin.reseller_choices(opened(connection, now=now)))


def checked_reseller(connection: VendorConnection, *, values: Mapping[str, str], now: datetime) -> dict[str, str]:
    """Return what a reseller is called as the vendor has it; raises VendorUnavailable with its "no" at its field.

    Raises TypeError for a vendor whose plugin names no resellers (NamesResellers).
    """
    plugin = plugin_for(connection.plugin)
    if not isinstance(plugin, NamesResellers):
        raise TypeError(f"the plugin {connection.plugin} names no resellers")
    may_ask(connection)
    return _asked(lambda: dict(plugin.checked_reseller(opened(connection, now=now), values)))


def count(connection: VendorConnection, *, service: Mapping[str, Any], now: datetime) -> Mapping[str, int]:
    """Return how many units of a service the vendor holds, by resource key; raises VendorUnavailable.

    Raises TypeError for a vendor whose plugin does not count (CountsUnits).
    """
    plugin, known = plugin_for(connection.plugin), Service.from_payload(service)
    if not isinstance(plugin, CountsUnits):
        raise TypeError(f"the plugin {connection.plugin} counts no units")
    return _asked(lambda: plugin.count(opened(connection, now=now), known))


def sample(connection: VendorConnection, *, service: Mapping[str, Any], now: datetime) -> Mapping[str, Decimal]:
    """Return how many units of a service are in use now, by resource key; raises VendorUnavailable.

    Raises TypeError for a vendor whose plugin takes no samples (SamplesUsage).
    """
    plugin, known = plugin_for(connection.plugin), Service.from_payload(service)
    if not isinstance(plugin, SamplesUsage):
        raise TypeError(f"the plugin {connection.plugin} takes no samples")
    return _asked(lambda: plugin.sample(opened(connection, now=now), known))


def act(
    connection: VendorConnection | None, *, service: Mapping[str, Any], name: str, now: datetime
) -> Said | Link | Document:
    """Do what the vendor offers for the service under this name; raises VendorUnavailable with what it said."""
    plugin = plugin_for(connection.plugin) if connection is not None else None
    if connection is None or not isinstance(plugin, OffersActions):
        raise LookupError(f"no vendor offers {name!r} here")
    known = Service.from_payload(service)
    return _asked(lambda: plugin.act(opened(connection, now=now), known, name))


def takes_corrections(connection: VendorConnection | None) -> bool:
    """Return whether the vendor takes other answers of an order that waits there. Asks nobody."""
    return connection is not None and isinstance(plugin_for(connection.plugin), CorrectsOrders)


def correct(
    connection: VendorConnection | None,
    *,
    service: Mapping[str, Any],
    reference: str,
    payload: Mapping[str, Any],
    now: datetime,
) -> None:
    """Have an order that waits at the vendor say what the payload says now; raises VendorUnavailable with its "no"."""
    plugin = plugin_for(connection.plugin) if connection is not None else None
    if connection is None or not isinstance(plugin, CorrectsOrders):
        raise LookupError("no vendor takes corrections here")
    known, order = Service.from_payload(service), Order.from_payload(reference, payload)
    _asked(lambda: plugin.correct(opened(connection, now=now), known, order))


def observe(connection: VendorConnection, *, service: Mapping[str, Any], now: datetime) -> Done:
    """Return the ids and facts of a service as the vendor tells them now; raises VendorUnavailable."""
    plugin, known = plugin_for(connection.plugin), Service.from_payload(service)
    if not isinstance(plugin, ObservesServices):
        raise TypeError(f"The plugin {connection.plugin!r} observes no services.")
    return _asked(lambda: plugin.observe(opened(connection, now=now), known))


def holdings(connection: VendorConnection, *, service: Mapping[str, Any], now: datetime) -> tuple[Listed, ...]:
    """Return all that the customer of a service has at the vendor, as its list shows it; raises VendorUnavailable.

    Raises TypeError for a vendor whose plugin lists nothing (ListsHoldings).
    """
    plugin, known = _lister(connection), Service.from_payload(service)
    return _asked(lambda: tuple(plugin.holdings(opened(connection, now=now), known)))


def looked_up(
    connection: VendorConnection, *, service: Mapping[str, Any], vendor_id: str, now: datetime
) -> Commitment | None:
    """Return one thing of a service's customer by the vendor's id; None where it is not known.

    Raises VendorUnavailable; TypeError for a vendor whose plugin lists nothing (ListsHoldings).
    """
    plugin, known = _lister(connection), Service.from_payload(service)
    return _asked(lambda: plugin.looked_up(opened(connection, now=now), known, vendor_id))


def _lister(connection: VendorConnection) -> ListsHoldings:
    plugin = plugin_for(connection.plugin)
    if not isinstance(plugin, ListsHoldings):
        raise TypeError(f"The plugin {connection.plugin!r} lists nothing.")
    return plugin


def commitments(connection: VendorConnection, *, service: Mapping[str, Any], now: datetime) -> tuple[Commitment, ...]:
    """Return what the vendor holds of a service that is bought for a term; raises VendorUnavailable.

    Raises TypeError for a vendor whose plugin sells nothing for a term (HoldsCommitments).
    """
    plugin, known = plugin_for(connection.plugin), Service.from_payload(service)
    if not isinstance(plugin, HoldsCommitments):
        raise TypeError(f"The plugin {connection.plugin!r} sells nothing for a term.")
    return _asked(lambda: tuple(plugin.commitments(opened(connection, now=now), known)))


def notices(connection: VendorConnection | None, action: str) -> tuple[str, ...]:
    """Return sentences to show before an action at this vendor."""
    return plugin_for(connection.plugin).notices(action) if connection else ()


def _asked(question: Callable[[], Answer]) -> Answer:
    """Ask within a person's patience; never while the caller's transaction holds rows that others wait for."""
    if database.in_atomic_block and not settings.VENDOR_CALLS_INSIDE_TRANSACTIONS:
        raise RuntimeError("a vendor is asked inside a transaction: ask before it begins")
    try:
        with budget.of_a_person():
            return question()
    except VendorError as error:
        raise refusal_of(error) from error


def refusal_of(error: VendorError) -> Refused:
    """Return a vendor's trouble as a refusal for people, each problem at the field that it names."""
    if isinstance(error, Gone):
        return GoneAtVendor(str(told_with_the_way_out(error)))
    first, *others = [
        VendorUnavailable(str(problem), code=problem.code, field=problem.field or None) for problem in error.problems
    ]
    first.also = tuple(others)
    return first
