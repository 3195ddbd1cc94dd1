"""The list of resellers."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import actor_of
from accounts.filters import ResellerFilter
from accounts.models import ResellerStatus
from accounts.queries import resellers_visible_to
from core.lists.columns import Column, day, status, text, to
from core.lists.listing import Listing, Quick
from core.lists.search import FieldSearch

RESELLERS = Listing(
    name="operator.resellers",
    title=_("Resellers"),
    right="resellers.view",
    actor_of=actor_of,
    rows=resellers_visible_to,
    filterset=ResellerFilter,
    filters_shown=("status", "parent"),
    search=FieldSearch(("name", "domain", "email")),
    search_hint=_("ID, name, domain, e-mail…"),
    related=("parent", "manager"),
    empty=_("Resellers below this one appear here once they are created."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", link=to("operator:reseller")),
        Column("name", _("Name"), sort="name", link=to("operator:reseller")),
        Column("status", _("Status"), status("status")),
        Column("created_at", _("Created at"), day("created_at"), sort="created_at"),
        Column("parent", _("Provider"), text("parent")),
        Column("manager", _("Manager"), text("manager")),
        Column("domain", _("Domain"), sort="domain"),
        Column("currency", _("Currency")),
        Column("email", _("E-mail"), shown=False),
    ),
    quick=(
        Quick("active", pgettext_lazy("several", "Active"), Q(status=ResellerStatus.ACTIVE)),
        Quick("inactive", pgettext_lazy("several", "Inactive"), Q(status=ResellerStatus.INACTIVE)),
    ),
)
