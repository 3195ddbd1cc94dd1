"""The list of orders (operator guide 1.94 to 5.0)."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import actor_of
from core.lists.columns import Column, choice, day, moment, money, status, text, to
from core.lists.listing import Listing, Quick
from core.lists.search import RelatedSearch, WordSearch
from operator_panel.lists.accounts import OF_ACCOUNT
from subscriptions.filters import OrderFilter
from subscriptions.models import OrderStatus, SubscriptionWord
from subscriptions.queries import orders_visible_to, subscriptions_visible_to

ORDERS = Listing(
    name="operator.orders",
    title=_("Orders"),
    right="orders.view",
    actor_of=actor_of,
    rows=orders_visible_to,
    filterset=OrderFilter,
    filters_shown=("status", "type"),
    search=RelatedSearch(
        "subscription",
        subscriptions_visible_to,
        WordSearch("search_vector", SubscriptionWord),
        "SO",
        amounts=("total",),
        phones=OF_ACCOUNT,
    ),
    search_hint=_("ID, number, account, subscription, domain, total…"),
    related=("account", "reseller", "subscription", "created_by"),
    without=("subscription__search_vector",),
    empty=_("Orders appear here as soon as somebody orders or changes a subscription."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", link=to("operator:order")),
        Column("number", _("Order number"), link=to("operator:order")),
        Column("account", _("Account"), text("account"), link=to("operator:account", "account_id")),
        Column("status", _("Status"), status("status")),
        Column("discount", _("Discount"), money("discount"), shown=False),
        Column("total", _("Total"), money("total")),
        Column("placed_on", _("Order date"), day("placed_on")),
        Column("type", _("Type"), choice("type")),
        Column(
            "subscription", _("Subscription"), text("subscription"), link=to("operator:subscription", "subscription_id")
        ),
        Column("reseller", _("Reseller"), text("reseller"), shown=False),
        Column("expires_on", _("Pay by"), day("expires_on"), shown=False),
        Column("paid_on", _("Paid on"), day("paid_on"), shown=False),
        Column("closed_on", _("Closed on"), day("closed_on"), shown=False),
        Column("updated_at", _("Updated at"), moment("updated_at"), shown=False),
        Column("created_by", _("Created by"), text("created_by"), shown=False),
        Column("currency", _("Currency"), shown=False),
    ),
    quick=(
        Quick("waiting", _("Waiting for payment"), Q(status=OrderStatus.WAITING_FOR_PAYMENT)),
        Quick("provisioning", pgettext_lazy("several", "Provisioning"), Q(status=OrderStatus.PROVISIONING)),
        Quick("failed", pgettext_lazy("several", "Failed"), Q(status=OrderStatus.PROVISIONING_FAILED)),
    ),
)
