"""The list of service terms (plan classes)."""

from django.utils.translation import gettext_lazy as _

from accounts.actors import actor_of
from core.lists.columns import Column, number, text, to
from core.lists.listing import Listing
from core.lists.search import FieldSearch
from subscriptions.queries import service_terms_visible_to

SERVICE_TERMS = Listing(
    name="operator.service_terms",
    title=_("Service terms"),
    right="service_terms.view",
    actor_of=actor_of,
    rows=service_terms_visible_to,
    filters_shown=(),
    search=FieldSearch(("name", "key")),
    search_hint=_("ID, name, key…"),
    related=("reseller",),
    empty=_("Service terms hold the billing day and the timers of subscriptions; create them before the first plan."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", link=to("operator:service_term")),
        Column("name", _("Name"), link=to("operator:service_term")),
        Column("key", _("Key"), shown=False),
        Column("reseller", _("Reseller"), text("reseller")),
        Column("billing_day", _("Billing day"), number("billing_day")),
        Column("grace_period", _("Grace period, days"), number("grace_period")),
        Column("stop_period", _("Stop period, days"), number("stop_period")),
        Column("auto_renew_point", _("Auto-renew point, days"), number("auto_renew_point"), shown=False),
        Column("manual_renew_point", _("Manual renew point, days"), number("manual_renew_point"), shown=False),
    ),
)
