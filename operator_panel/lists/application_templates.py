"""The list of application templates."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import actor_of
from core.lists.columns import Column, day, status, text, to
from core.lists.listing import Listing, Quick
from core.lists.search import FieldSearch
from subscriptions.filters import ApplicationTemplateFilter
from subscriptions.models import TemplateStatus
from subscriptions.queries import templates_visible_to

APPLICATION_TEMPLATES = Listing(
    name="operator.application_templates",
    title=_("Application templates"),
    right="application_templates.view",
    actor_of=actor_of,
    rows=templates_visible_to,
    filterset=ApplicationTemplateFilter,
    search=FieldSearch(("name", "plugin", "connection__name")),
    search_hint=_("ID, name, plugin, connection…"),
    related=("reseller", "connection"),
    empty=_("A template says which service of which vendor connection is sold; create one before the first plan."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", link=to("operator:application_template")),
        Column("name", _("Name"), sort="name", link=to("operator:application_template")),
        Column("reseller", _("Reseller"), text("reseller")),
        Column("plugin", _("Plugin")),
        Column(
            "connection", _("Connection"), text("connection"), link=to("operator:vendor_connection", "connection_id")
        ),
        Column("status", _("Status"), status("status")),
        Column("created_at", _("Created at"), day("created_at"), shown=False),
    ),
    quick=(
        Quick("active", pgettext_lazy("several", "Active"), Q(status=TemplateStatus.ACTIVE)),
        Quick("inactive", pgettext_lazy("several", "Inactive"), Q(status=TemplateStatus.INACTIVE)),
    ),
)
