"""The list of corrections (operator guide 5.0)."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import actor_of
from accounts.queries import accounts_visible_to
from billing.filters import CorrectionFilter
from billing.models import CorrectionStatus
from billing.queries import corrections_visible_to
from core.lists.columns import Column, day, money, status, text, to
from core.lists.listing import Listing, Quick
from core.lists.search import FieldSearch, RelatedSearch

CORRECTIONS = Listing(
    name="operator.corrections",
    title=_("Corrections"),
    right="corrections.view",
    actor_of=actor_of,
    rows=corrections_visible_to,
    filterset=CorrectionFilter,
    filters_shown=("status",),
    search=RelatedSearch("account", accounts_visible_to, FieldSearch(("name", "primary_name", "email")), "CR"),
    search_hint=_("ID, number, account…"),
    related=("account", "created_by", "decided_by"),
    empty=_("A correction changes a balance by hand, once somebody else has approved it."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", link=to("operator:correction")),
        Column("number", _("Correction"), link=to("operator:correction")),
        Column("account", _("Account"), text("account"), link=to("operator:account", "account_id")),
        Column("status", _("Status"), status("status")),
        Column("created_by", _("Manager"), text("created_by")),
        Column("amount", _("Total"), money("amount")),
        Column("reason", _("Reason")),
        Column("opened_on", _("Created at"), day("opened_on")),
        Column("decided_by", _("Decided by"), text("decided_by"), shown=False),
        Column("closed_on", _("Closed at"), day("closed_on"), shown=False),
    ),
    quick=(Quick("open", _("Approval required"), Q(status=CorrectionStatus.APPROVAL_REQUIRED)),),
)
