"""The list of guaranteed payments (operator guide 1.94)."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import actor_of
from accounts.queries import accounts_visible_to
from billing.filters import GuaranteeFilter
from billing.models import GuaranteeStatus
from billing.queries import guarantees_visible_to
from core.lists.columns import Column, choice, day, money, status, text, to
from core.lists.listing import Listing, Quick
from core.lists.search import FieldSearch, RelatedSearch

GUARANTEED_PAYMENTS = Listing(
    name="operator.guaranteed_payments",
    title=_("Guaranteed payments"),
    right="guarantees.view",
    actor_of=actor_of,
    rows=guarantees_visible_to,
    filterset=GuaranteeFilter,
    filters_shown=("status",),
    search=RelatedSearch("account", accounts_visible_to, FieldSearch(("name", "primary_name", "email")), "GP"),
    search_hint=_("ID, number, account…"),
    related=("account", "created_by"),
    empty=_("A guaranteed payment stands on a balance before the money has come, for so many days."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", link=to("operator:guaranteed_payment")),
        Column("number", _("Guaranteed payment"), link=to("operator:guaranteed_payment")),
        Column("account", _("Account"), text("account"), link=to("operator:account", "account_id")),
        Column("amount", _("Total"), money("amount")),
        Column("status", _("Status"), status("status")),
        Column("opened_on", _("Created at"), day("opened_on")),
        Column("expires_on", _("Expiration date"), day("expires_on")),
        Column("revoked_on", _("Revoked on"), day("revoked_on")),
        Column("revoke_reason", _("Revoked because"), choice("revoke_reason"), shown=False),
        Column("reason", _("Reason"), shown=False),
        Column("created_by", _("Manager"), text("created_by"), shown=False),
    ),
    quick=(Quick("provided", pgettext_lazy("several", "Provided"), Q(status=GuaranteeStatus.PROVIDED)),),
)
