"""Where a customer's users put right what was refused; what only a manager can do has no way here."""

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from core.errors import Remedy
from core.panel.remedies import Way

# By the kind of a remedy: what its link says, the page, the right that the page needs, whether it names the object.
REMEDIES = {
    "top_up": (_("Top up"), "customer:payment_top_up", "payments.create", False),
    "order": (_("To the order"), "customer:subscription_order", "orders.view", True),
    "subscription": (_("To the subscription"), "customer:subscription", "subscriptions.view", True),
    "new_order": (_("Order a subscription"), "customer:order_plan", "subscriptions.order", False),
}


def way_to(actor: Actor, remedy: Remedy) -> Way | None:
    """Return the way to a remedy that the person may go; None for one that is not theirs."""
    label, page, right, named = REMEDIES.get(remedy.kind, ("", "", "", False))
    if not page or not actor.may(right):
        return None
    query = f"?{urlencode({'amount': remedy.amount})}" if remedy.amount else ""
    return Way(label, f"{reverse(page, args=[remedy.pk] if named else [])}{query}")
