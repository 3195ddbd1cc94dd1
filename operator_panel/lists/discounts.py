"""The list of discounts and promo codes (operator guide 2.2)."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import actor_of
from core.lists.columns import Column, choice, day, last_day, number, text, to, yes_no
from core.lists.listing import Listing, Quick
from core.lists.search import FieldSearch
from subscriptions.queries import discounts_visible_to

DISCOUNTS = Listing(
    name="operator.discounts",
    title=_("Discounts"),
    right="discounts.view",
    actor_of=actor_of,
    rows=discounts_visible_to,
    filters_shown=(),
    search=FieldSearch(("name", "code")),
    search_hint=_("ID, name, promo code…"),
    related=("reseller",),
    empty=_("A discount takes a percentage off: for a promo code, for accounts, or for resellers below."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", link=to("operator:discount")),
        Column("name", _("Name"), link=to("operator:discount")),
        Column("type", _("Type"), choice("type")),
        Column("code", _("Promo code")),
        Column("percent", _("Percent"), number("percent")),
        Column("valid_from", _("Valid from"), day("valid_from")),
        Column("valid_until", _("Last day"), last_day("valid_until")),
        Column("active", _("Active"), yes_no("active")),
        Column("reseller", _("Reseller"), text("reseller"), shown=False),
    ),
    quick=(Quick("active", _("Active"), Q(active=True)),),
)
