"""Where managers put right what was refused."""

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from core.errors import Remedy
from core.panel.remedies import Way

# By the kind of a remedy: what its link says, the page, and the right that the page needs.
REMEDIES = {
    "top_up": (_("Top up"), "operator:account_top_up", "payments.create"),
    "release": (_("Release from hold"), "operator:account_release", "accounts.hold"),
    "order": (_("To the order"), "operator:order", "orders.view"),
    "subscription": (_("To the subscription"), "operator:subscription", "subscriptions.view"),
    "account_subscriptions": (_("To its subscriptions"), "operator:account_subscriptions", "subscriptions.view"),
    "new_order": (_("Order a subscription"), "operator:account_order", "subscriptions.order"),
    "vendor_connection": (_("To the connection"), "operator:vendor_connection", "vendor_connections.view"),
}


def way_to(actor: Actor, remedy: Remedy) -> Way | None:
    """Return the manager's way to a remedy; None for one that the role does not allow."""
    label, page, right = REMEDIES[remedy.kind]
    if not actor.may(right):
        return None
    query = f"?{urlencode({'amount': remedy.amount})}" if remedy.amount else ""
    return Way(label, f"{reverse(page, args=[remedy.pk])}{query}")
