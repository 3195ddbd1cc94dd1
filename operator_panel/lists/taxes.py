"""The list of taxes."""

from django.utils.translation import gettext_lazy as _

from accounts.actors import actor_of
from core.lists.columns import Column, day, last_day, number, text, to, yes_no
from core.lists.listing import Listing
from core.lists.search import FieldSearch
from subscriptions.queries import taxes_visible_to

TAXES = Listing(
    name="operator.taxes",
    title=_("Taxes"),
    right="taxes.view",
    actor_of=actor_of,
    rows=taxes_visible_to,
    filters_shown=(),
    search=FieldSearch(("name",)),
    search_hint=_("ID, name…"),
    related=("reseller",),
    empty=_("A tax is added to the documents of your accounts, or is part of their prices."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", link=to("operator:tax")),
        Column("name", _("Name"), link=to("operator:tax")),
        Column("percent", _("Percent"), number("percent")),
        Column("inclusive", _("Prices contain it"), yes_no("inclusive")),
        Column("valid_from", _("Valid from"), day("valid_from")),
        Column("valid_until", _("Last day"), last_day("valid_until")),
        Column("reseller", _("Reseller"), text("reseller"), shown=False),
    ),
)
