"""Where a customer's users put right what was refused; what only a manager can do has no way here."""

from django.utils.translation import gettext_lazy as _

from core.panel.remedies import Place, translation_by

# By the kind of a remedy.
REMEDIES = {
    "top_up": Place(_("Top up"), "customer:payment_top_up", "payments.create", named=False),
    "order": Place(_("To the order"), "customer:subscription_order", "orders.view"),
    "subscription": Place(_("To the subscription"), "customer:subscription", "subscriptions.view"),
    "new_order": Place(_("Order a subscription"), "customer:order_plan", "subscriptions.order", named=False),
}

way_to = translation_by(REMEDIES)
