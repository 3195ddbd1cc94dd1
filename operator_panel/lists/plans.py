"""The list of plans (operator guide, latest)."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import actor_of
from core.lists.columns import Column, choice, day, status, text, to, yes_no
from core.lists.listing import Listing, Quick
from core.lists.search import FieldSearch
from subscriptions.filters import PlanFilter
from subscriptions.models import PlanStatus
from subscriptions.queries import plans_visible_to

PLANS = Listing(
    name="operator.plans",
    title=_("Plans"),
    right="plans.view",
    actor_of=actor_of,
    rows=plans_visible_to,
    filterset=PlanFilter,
    filters_shown=("status", "category", "product"),
    search=FieldSearch(("name", "sku", "product__name")),
    search_hint=_("ID, name, SKU, product…"),
    related=("reseller", "category", "product", "template", "service_term", "parent"),
    empty=_("Plans appear here once they are created from an application template."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", link=to("operator:plan")),
        Column("name", _("Name"), sort="name", link=to("operator:plan")),
        Column("sku", _("SKU"), sort="sku", shown=False),
        Column("reseller", _("Reseller"), text("reseller")),
        Column("currency", _("Currency"), shown=False),
        Column("delegated", _("Delegated"), yes_no("parent_id")),
        Column("billing_type", _("Billing type"), choice("billing_type")),
        Column("category", _("Plan category"), text("category")),
        Column("product", _("Product"), text("product")),
        Column("template", _("Application template"), text("template"), shown=False),
        Column("service_term", _("Service terms"), text("service_term"), shown=False),
        Column("singleton", _("Singleton"), yes_no("singleton"), shown=False),
        Column("public", _("Public"), yes_no("public")),
        Column("fixed_price", _("Fixed price"), yes_no("fixed_price"), shown=False),
        Column("status", _("Status"), status("status")),
        Column("created_at", _("Created at"), day("created_at"), shown=False),
    ),
    quick=(
        Quick("active", pgettext_lazy("several", "Active"), Q(status=PlanStatus.ACTIVE)),
        Quick("inactive", pgettext_lazy("several", "Inactive"), ~Q(status=PlanStatus.ACTIVE)),
        Quick("delegated", pgettext_lazy("several", "Delegated"), Q(parent__isnull=False)),
    ),
)
