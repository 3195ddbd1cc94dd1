"""The list of card gateways (operator guide 1.94, payment methods)."""

from django.utils.translation import gettext_lazy as _

from accounts.actors import actor_of
from billing.queries import payment_gateways_visible_to
from core.lists.columns import Column, choice, text, to, yes_no
from core.lists.listing import Listing
from core.lists.search import FieldSearch

PAYMENT_GATEWAYS = Listing(
    name="operator.payment_gateways",
    title=_("Card gateways"),
    right="payment_gateways.view",
    actor_of=actor_of,
    rows=payment_gateways_visible_to,
    filters_shown=(),
    search=FieldSearch(("name",)),
    search_hint=_("ID, name…"),
    related=("reseller",),
    empty=_("With a card gateway customers pay by card at once; without one they transfer the money."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", link=to("operator:payment_gateway")),
        Column("name", _("Name"), link=to("operator:payment_gateway")),
        Column("plugin", _("Gateway"), choice("plugin")),
        Column("currency", _("Currency")),
        Column("active", _("In use"), yes_no("active")),
        Column("reseller", _("Reseller"), text("reseller")),
    ),
)
