"""What resellers are called at vendors to whom a sale has to name them: told on their page, checked at the vendor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Reseller
from accounts.queries import resellers_above, resellers_visible_to
from core.errors import Refused
from vendors import questions
from vendors.answers import checked_all
from vendors.base import Field
from vendors.capabilities import NamesResellers
from vendors.models import VendorConnection
from vendors.queries import connections_visible_to
from vendors.registry import plugin_for, plugins
from vendors.reseller_rows import ResellerAtVendor


class ResellerNotNamed(Refused):
    """The reseller cannot be named at this vendor, or not so."""

    code = "reseller_not_named"


@dataclass(frozen=True)
class Named:
    """What a reseller is called at a vendor, for its page; `may_change`: the reader may say it over the connection."""

    connection: VendorConnection
    values: Sequence[tuple[Field, str]]
    known: ResellerAtVendor | None
    may_change: bool


def named_at_vendors(actor: Actor, reseller: Reseller) -> list[Named]:
    """Return what the reseller is called over each connection above it to a vendor that asks for it.

    Those over which it is not named are among them where the actor may say it. The caller has checked that the actor
    sees the reseller.
    """
    rows = {row.connection_id: row for row in reseller.at_vendors.select_related("connection", "checked_by")}
    open_to_actor = {one.pk: one for one in connections_over(actor, reseller)}
    connections = {row.connection_id: row.connection for row in rows.values()} | open_to_actor
    return [
        Named(
            connection,
            [(field, (rows[pk].values if pk in rows else {}).get(field.name, "")) for field in fields_of(connection)],
            rows.get(pk),
            pk in open_to_actor and actor.may("resellers.change"),
        )
        for pk, connection in sorted(connections.items())
    ]


def connections_over(actor: Actor, reseller: Reseller) -> QuerySet[VendorConnection]:
    """Return the connections that the actor sees, of those above the reseller, whose vendor asks who it is."""
    slugs = [plugin.slug for plugin in plugins() if isinstance(plugin, NamesResellers)]
    above = resellers_above(reseller).exclude(pk=reseller.pk)
    return connections_visible_to(actor).filter(plugin__in=slugs, reseller__in=above)


def fields_of(connection: VendorConnection) -> tuple[Field, ...]:
    """Return what the vendor asks of a reseller; nothing where its plugin was removed meanwhile."""
    plugin = plugin_for(connection.plugin)
    return plugin.reseller_fields if isinstance(plugin, NamesResellers) else ()


def refuse_unless_above(actor: Actor, reseller: Reseller, connection: VendorConnection) -> None:
    """Raise ResellerNotNamed unless the actor sees both, and the connection is one above the reseller that names it."""
    seen = resellers_visible_to(actor).filter(pk=reseller.pk).exists()
    if not seen or not connections_over(actor, reseller).filter(pk=connection.pk).exists():
        raise ResellerNotNamed(_("Over this connection the reseller is not named to the vendor: it sells for itself."))


def ask_vendor_of_reseller(
    *, actor: Actor, reseller: Reseller, connection: VendorConnection, values: Mapping[str, str], now: datetime
) -> dict[str, str]:
    """Have the vendor check what a reseller is called there; return that as the vendor has it, nothing for all empty.

    It may take seconds, so nothing should be locked meanwhile. Raises Forbidden, ResellerNotNamed, SettingRefused, and
    VendorUnavailable with the vendor's "no" at its field.
    """
    actor.require("resellers.change")
    refuse_unless_above(actor, reseller, connection)
    checked = checked_all(fields_of(connection), values)
    return questions.checked_reseller(connection, values=checked, now=now) if any(checked.values()) else {}


@transaction.atomic
def name_reseller(
    *, actor: Actor, reseller: Reseller, connection: VendorConnection, values: Mapping[str, str], now: datetime
) -> ResellerAtVendor | None:
    """Keep what a reseller is called at a vendor, as `ask_vendor_of_reseller` returned it; nothing forgets it.

    Raises Forbidden, ResellerNotNamed.
    """
    actor.require("resellers.change")
    refuse_unless_above(actor, reseller, connection)
    if not values:
        ResellerAtVendor.objects.filter(reseller=reseller, connection=connection).delete()
        return None
    row, _made = ResellerAtVendor.objects.update_or_create(
        reseller=reseller,
        connection=connection,
        defaults={"values": dict(values), "checked_at": now, "checked_by": actor.user},
    )
    return row


def reseller_told(reseller_id: int, connection: VendorConnection | None) -> dict[str, str]:
    """Return what the vendor is told of who sells: that reseller, or the nearest above it that is named there.

    Empty where none is, and where the connection is the reseller's own. At most one statement.
    """
    if connection is None or not fields_of(connection) or reseller_id == connection.reseller_id:
        return {}
    above = resellers_above(Reseller(pk=reseller_id))
    rows = ResellerAtVendor.objects.filter(connection=connection, reseller__in=above)
    # Of one chain, the longest lineage is the nearest.
    return rows.order_by("-reseller__lineage").values_list("values", flat=True).first() or {}
