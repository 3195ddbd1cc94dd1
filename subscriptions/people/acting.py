"""What people may do with a service at its vendor beyond changing it: have a letter sent again, download, open."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.actors import Actor
from billing.queries import require_sight
from core.errors import Refused
from subscriptions.contract.handover import service_as_held, waiting_operation
from subscriptions.models import Subscription
from subscriptions.night.holds import RUNNING
from vendors import questions
from vendors.base import Service
from vendors.capabilities import Action, Document, Link, OffersActions, Said
from vendors.registry import plugin_for


class ActionNotOffered(Refused):
    """The vendor offers no such thing for this service as it stands now."""

    code = "action_not_offered"


def actions_of(subscription: Subscription) -> tuple[Action, ...]:
    """Return what the vendor offers for the service now; asks no vendor."""
    connection = subscription.plan.template.connection
    plugin = plugin_for(connection.plugin) if connection is not None else None
    if not isinstance(plugin, OffersActions):
        return ()
    waits = waiting_operation(subscription) is not None
    if not waits and subscription.status not in RUNNING:
        return ()
    return tuple(action for action in plugin.actions(_service(subscription)) if action.waiting or not waits)


def act(*, actor: Actor, subscription: Subscription, name: str, now: datetime) -> Said | Link | Document:
    """Do it at the vendor, within a person's patience. Raises Forbidden, ActionNotOffered, VendorUnavailable."""
    actor.require("subscriptions.change")
    require_sight(actor, subscription.account_id)  # before the vendor is asked of what is not theirs
    if name not in {action.name for action in actions_of(subscription)}:
        raise ActionNotOffered(_("This is not offered for the service as it stands now. Load the page again."))
    connection = subscription.plan.template.connection
    return questions.act(connection, service=_payload(subscription), name=name, now=now)


def _service(subscription: Subscription) -> Service:
    return Service.from_payload(_payload(subscription))


def _payload(subscription: Subscription) -> dict[str, object]:
    return service_as_held(subscription)
