"""The lists of products and of plan categories."""

from django.utils.translation import gettext_lazy as _

from accounts.actors import actor_of
from core.lists.columns import Column, day, text, to
from core.lists.listing import Listing
from core.lists.search import FieldSearch
from subscriptions.queries import plan_categories_visible_to, products_visible_to

PRODUCTS = Listing(
    name="operator.products",
    title=_("Products"),
    right="products.view",
    actor_of=actor_of,
    rows=products_visible_to,
    filters_shown=(),
    search=FieldSearch(("name", "description")),
    search_hint=_("ID, name, description…"),
    related=("reseller",),
    empty=_("A product is what a customer looks for, for example Microsoft 365; its plans stand below it."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", link=to("operator:product")),
        Column("name", _("Name"), link=to("operator:product")),
        Column("reseller", _("Reseller"), text("reseller")),
        Column("description", _("Description"), shown=False),
        Column("created_at", _("Created at"), day("created_at"), shown=False),
    ),
)

PLAN_CATEGORIES = Listing(
    name="operator.plan_categories",
    title=_("Plan categories"),
    right="plans.view",
    actor_of=actor_of,
    rows=plan_categories_visible_to,
    filters_shown=(),
    search=FieldSearch(("name",)),
    search_hint=_("ID, name…"),
    related=("reseller",),
    empty=_("A category is a drawer of plans in the lists."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id"),
        Column("name", _("Name")),
        Column("reseller", _("Reseller"), text("reseller")),
        Column("created_at", _("Created at"), day("created_at"), shown=False),
    ),
)
