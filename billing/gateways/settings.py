"""A reseller's card gateway: its settings, checked and kept."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Reseller
from billing.gateways.base import Asked, Gateway
from billing.gateways.registry import GATEWAYS
from billing.models import PaymentGateway
from core import secrets as sealing
from core.errors import Refusals, Refused

LONGEST_VALUE = 500


class GatewayRefused(Refused):
    """A setting of a gateway is missing, or is none that it may have."""

    code = "gateway_refused"


class OneGatewayIsInUse(Refused):
    """The reseller has another gateway in use."""

    code = "one_gateway_is_in_use"
    field = "active"


def add_gateway(
    *, actor: Actor, reseller: Reseller, plugin: str, name: str, currency: str, values: Mapping[str, str]
) -> PaymentGateway:
    """Create a card gateway of the reseller, in use at once. Raises Forbidden, GatewayRefused, OneGatewayIsInUse."""
    actor.require("payment_gateways.change")
    gateway = GATEWAYS.get(plugin)
    if gateway is None:
        raise GatewayRefused(_("Choose one of the gateways."), field="plugin")
    row = PaymentGateway(reseller=reseller, plugin=plugin)
    return _kept(actor, row, gateway, name, currency, values, active=True)


@transaction.atomic
def change_gateway(
    *, actor: Actor, gateway: PaymentGateway, name: str, currency: str, values: Mapping[str, str], active: bool
) -> PaymentGateway:
    """Change a gateway; a secret left empty stays as it is, unless its page has another address.

    Raises Forbidden, GatewayRefused, OneGatewayIsInUse.
    """
    actor.require("payment_gateways.change")
    row = PaymentGateway.objects.select_for_update().get(pk=gateway.pk)
    return _kept(actor, row, GATEWAYS[row.plugin], name, currency, values, active=active)


def values_of(gateway: PaymentGateway) -> dict[str, str]:
    """Return the gateway's settings and secrets by key."""
    return gateway.settings | sealing.decrypt(gateway.secrets)


def _kept(
    actor: Actor,
    row: PaymentGateway,
    gateway: Gateway,
    name: str,
    currency: str,
    values: Mapping[str, str],
    *,
    active: bool,
) -> PaymentGateway:
    before = values_of(row)
    refusals = Refusals()
    checked: dict[str, str] = {}
    for asked in gateway.fields:
        with refusals.gathered():
            checked[asked.key] = _checked(asked, values.get(asked.key, "").strip(), before)
    if not name.strip():
        refusals.add(GatewayRefused(_("A name is needed."), field="name"))
    if currency not in gateway.currencies:
        said = _("A shop there is kept in %(currencies)s.") % {"currencies": ", ".join(gateway.currencies)}
        refusals.add(GatewayRefused(said, field="currency"))
    with refusals.gathered():
        _refuse_other_pages(actor, checked.get("address", ""), before.get("address", ""))
    others = PaymentGateway.objects.filter(reseller=row.reseller_id, active=True).exclude(pk=row.pk)
    if active and others.exists():
        refusals.add(OneGatewayIsInUse(_("Another gateway is in use: take that one out of use first.")))
    refusals.raise_any()
    secret = {asked.key for asked in gateway.fields if asked.secret}
    row.name, row.currency, row.active = name, currency, active
    row.settings = {key: value for key, value in checked.items() if key not in secret}
    row.secrets = sealing.encrypt({key: value for key, value in checked.items() if key in secret})
    row.save()
    return row


def _checked(asked: Asked, given: str, before: Mapping[str, str]) -> str:
    value = given or (before.get(asked.key, "") if asked.secret else "")
    if asked.choices and value not in dict(asked.choices):
        raise GatewayRefused(_("Choose one of these."), field=asked.key)
    if not value and not asked.choices and asked.key != "address":
        raise GatewayRefused(_("Fill in what the gateway shows in the settings of the shop."), field=asked.key)
    if len(value) > LONGEST_VALUE:
        raise GatewayRefused(_("Enter at most %(most)s characters.") % {"most": LONGEST_VALUE}, field=asked.key)
    return value


def _refuse_other_pages(actor: Actor, address: str, before: str) -> None:
    """Let nobody but the operator send customers to another page than the gateway's own."""
    if not address or address == before:
        return
    if actor.reseller is None or actor.reseller.parent_id is not None:
        raise GatewayRefused(_("Another address is set by the operator only."), field="address")
    if not address.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise GatewayRefused(_("The address must begin with https://."), field="address")
