"""The list of managers: ID, Name, Email, Status, Role (operator guide 6.6)."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import actor_of
from accounts.filters import ManagerFilter
from accounts.models import UserStatus
from accounts.queries import managers_visible_to
from core.lists.columns import Column, choice, day, status, text, to
from core.lists.listing import Listing, Quick
from core.lists.search import FieldSearch

MANAGERS = Listing(
    name="operator.managers",
    title=_("Managers"),
    right="managers.view",
    actor_of=actor_of,
    rows=managers_visible_to,
    filterset=ManagerFilter,
    filters_shown=("role", "status"),
    search=FieldSearch(("name", "email", "manager_key"), phones=("phone",)),
    search_hint=_("ID, name, e-mail, phone…"),
    related=("reseller",),
    without=("password",),
    empty=_("Managers appear here once they are invited."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", link=to("operator:manager")),
        Column("name", pgettext_lazy("person", "Name"), sort="name", link=to("operator:manager")),
        Column("email", _("E-mail"), sort="email"),
        Column("status", _("Status"), status("status")),
        Column("role", _("Role"), choice("role")),
        Column("reseller", _("Reseller"), text("reseller")),
        Column("phone", _("Phone"), shown=False),
        Column("manager_key", _("Key"), shown=False),
        Column("created_at", _("Created at"), day("created_at"), sort="created_at", shown=False),
    ),
    quick=(
        Quick("active", pgettext_lazy("several", "Active"), Q(status=UserStatus.ACTIVE)),
        Quick("inactive", pgettext_lazy("several", "Inactive"), Q(status=UserStatus.INACTIVE)),
    ),
)
