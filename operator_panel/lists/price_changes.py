"""Mass price changes, and what one does to each subscription."""

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import actor_of
from core.lists.columns import Column, choice, day, money, number, status, text, to
from core.lists.listing import Listing, Quick
from subscriptions.queries import price_change_effects_visible_to, price_changes_visible_to

PRICE_CHANGES = Listing(
    name="operator.price_changes",
    title=_("Price changes"),
    right="plans.change",
    actor_of=actor_of,
    rows=price_changes_visible_to,
    filters_shown=(),
    related=("created_by",),
    empty=_("Change many prices at once: first you see what it would do to every subscription."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", link=to("operator:price_change")),
        Column("rule", _("Rule"), choice("rule")),
        Column("value", _("Value"), number("value")),
        Column("valid_from", _("Valid from"), day("valid_from")),
        Column("status", _("Status"), status("status")),
        Column("lines_total", _("Prices"), number("lines_total")),
        Column("reached", _("Subscriptions"), number("reached")),
        Column("created_by", _("Manager"), text("created_by"), shown=False),
    ),
)

PRICE_CHANGE_EFFECTS = Listing(
    name="operator.price_change_effects",
    title=_("Subscriptions"),
    right="plans.change",
    actor_of=actor_of,
    rows=price_change_effects_visible_to,
    filters_shown=(),
    related=("subscription", "account"),
    empty=_("No running subscription follows these prices."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", shown=False),
        Column(
            "subscription", _("Subscription"), text("subscription"), link=to("operator:subscription", "subscription_id")
        ),
        Column("account", _("Account"), text("account")),
        Column("old_sum", _("Monthly sum so far"), money("old_sum")),
        Column("new_sum", _("New monthly sum"), money("new_sum")),
        Column("difference", _("Difference"), money("difference")),
        Column("cost", _("Net cost"), money("cost")),
        Column("currency", _("Currency"), shown=False),
    ),
    quick=(
        Quick("pay_more", _("Pay more"), Q(difference__gt=0)),
        Quick("below_cost", _("Below cost"), Q(new_sum__lt=F("cost"))),
    ),
    own_page=False,
)
