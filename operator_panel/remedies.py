"""Where managers put right what was refused."""

from django.utils.translation import gettext_lazy as _

from core.panel.remedies import Place, translation_by

# By the kind of a remedy.
REMEDIES = {
    "top_up": Place(_("Top up"), "operator:account_top_up", "payments.create"),
    "release": Place(_("Release from hold"), "operator:account_release", "accounts.hold"),
    "order": Place(_("To the order"), "operator:order", "orders.view"),
    "subscription": Place(_("To the subscription"), "operator:subscription", "subscriptions.view"),
    "account_subscriptions": Place(_("To its subscriptions"), "operator:account_subscriptions", "subscriptions.view"),
    "new_order": Place(_("Order a subscription"), "operator:account_order", "subscriptions.order"),
    "vendor_connection": Place(_("To the connection"), "operator:vendor_connection", "vendor_connections.view"),
}

way_to = translation_by(REMEDIES)
