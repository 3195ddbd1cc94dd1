"""Where vendors hold something else than our books, and what is done about many of these at once."""

from typing import Any

from django.db.models import Q
from django.utils.html import format_html
from django.utils.translation import gettext as now_said
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from accounts.actors import actor_of
from core.lists.columns import Column, choice, computed, moment, money, number, status, text, to
from core.lists.listing import Hidden, Listing, Quick
from subscriptions.filters import DifferenceFilter
from subscriptions.models import DifferenceKind, LineState, Settled
from subscriptions.queries import differences_visible_to, resolution_lines_visible_to, resolutions_visible_to
from subscriptions.told.differing import said_of, value_of
from vendors.queries import operations_named

OF_STATE = [DifferenceKind.SUSPENDED, DifferenceKind.RUNNING, DifferenceKind.ENDED]
# The form that the boxes of the list belong to stands above it (templates/operator_panel/differences.html).
CHOSEN, FORM = "chosen", "settle"


def _box(row: Any) -> str:
    """Return the box that chooses an open difference."""
    if row.settled or row.operation:
        return ""
    label = now_said("Choose difference %(number)s") % {"number": row.pk}
    return format_html(
        '<input type="checkbox" class="form-check-input" name="{}" value="{}" form="{}" aria-label="{}">',
        CHOSEN, row.pk, FORM, label,
    )  # fmt: skip


def _stands(row: Any) -> str:
    """Return how far a difference is: settled how, being restored, refused with the vendor's reason, or open."""
    if row.settled:
        return str(row.get_settled_display())
    if row.operation:
        return now_said("Being restored")
    refused = getattr(row, "refused_because", "")
    return now_said("Refused: %(reason)s") % {"reason": refused} if refused else pgettext("difference", "Open")


def told_of_refusals(rows: list[Any]) -> None:
    """Note at each difference why the vendor refused last what was to restore it. One statement."""
    keys = [row.refused for row in rows if row.refused]
    operations = {one.key: one for one in operations_named(keys)} if keys else {}
    for row in rows:
        row.refused_because = operations[row.refused].last_error if row.refused in operations else ""


DIFFERENCES = Listing(
    name="operator.differences",
    title=_("Differences with vendors"),
    right="differences.view",
    actor_of=actor_of,
    rows=differences_visible_to,
    filterset=DifferenceFilter,
    filters_shown=("kind", "connection", "reseller"),
    hidden=Hidden(~Q(settled=""), pgettext_lazy("difference", "Open"), unless="settled"),
    related=("connection", "account", "subscription", "reseller", "settled_by"),
    enrich=told_of_refusals,
    row_link=to("operator:difference"),
    empty=_("The night compares our books with what vendors hold. What does not agree appears here."),
    columns=(
        Column("chosen", _("Choose"), computed(lambda _row: None, _box)),
        Column("id", _("ID"), text("id"), sort="id", link=to("operator:difference"), shown=False),
        Column("kind", _("Kind"), choice("kind"), link=to("operator:difference")),
        Column("name", _("What"), text("name")),
        Column("ours", _("In our books"), computed(lambda row: value_of(row.ours))),
        Column("theirs", _("At the vendor"), computed(lambda row: value_of(row.theirs))),
        Column(
            "subscription", _("Subscription"), text("subscription"), link=to("operator:subscription", "subscription_id")
        ),
        Column("account", _("Account"), text("account"), link=to("operator:account", "account_id")),
        Column("stands", _("State"), computed(_stands)),
        Column("found_at", _("Found"), moment("found_at"), shown=False),
        Column("seen_at", _("Seen"), moment("seen_at"), shown=False),
        Column("connection", _("Vendor connection"), text("connection"), shown=False),
        Column("vendor_id", _("Vendor's id"), text("vendor_id"), shown=False),
        Column("reseller", _("Reseller"), text("reseller"), shown=False),
        Column("settled_at", _("Settled at"), moment("settled_at"), shown=False),
        Column("settled_by", _("Manager"), text("settled_by"), shown=False),
        Column("sentence", _("In a sentence"), computed(said_of), shown=False),
    ),
    quick=(
        Quick("quantity", _("Quantity"), Q(kind=DifferenceKind.QUANTITY)),
        Quick("state", _("State"), Q(kind__in=OF_STATE)),
        Quick(
            "term", _("Term and its end"),
            Q(kind__in=[DifferenceKind.TERM, DifferenceKind.END_OF_TERM, DifferenceKind.SCHEDULE]),
        ),
        Quick("agreement", _("Agreement"), Q(kind=DifferenceKind.AGREEMENT)),
        Quick("unknown", _("In nobody's books"), Q(kind=DifferenceKind.UNKNOWN)),
        Quick("restoring", _("Being restored"), Q(settled="") & ~Q(operation="")),
    ),
)  # fmt: skip

RESOLUTIONS = Listing(
    name="operator.resolutions",
    title=_("Settled together"),
    right="differences.view",
    actor_of=actor_of,
    rows=resolutions_visible_to,
    filters_shown=(),
    related=("created_by",),
    empty=_("Choose differences in their list and settle them together: first you see what it would do."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", link=to("operator:resolution")),
        Column("choice", _("Choice"), choice("choice")),
        Column("status", _("Status"), status("status")),
        Column("lines_total", _("Differences"), number("lines_total")),
        Column("lines_done", _("Carried out"), number("lines_done")),
        Column("lines_refused", _("Refused"), number("lines_refused")),
        Column("created_by", _("Manager"), text("created_by")),
        Column("created_at", _("Created at"), moment("created_at")),
    ),
)


def _line_stands(row: Any) -> str:
    """Return how far a line is; of one that restores, how far the vendor is."""
    if row.state == LineState.CARRIED_OUT and not row.difference.settled:
        return _stands(row.difference)
    if row.state == LineState.CARRIED_OUT and row.difference.settled == Settled.RESTORED:
        return str(row.difference.get_settled_display())
    return str(row.get_state_display())


def _of_differences(rows: list[Any]) -> None:
    told_of_refusals([row.difference for row in rows])


RESOLUTION_LINES = Listing(
    name="operator.resolution_lines",
    title=_("Differences"),
    right="differences.view",
    actor_of=actor_of,
    rows=resolution_lines_visible_to,
    filters_shown=(),
    related=("difference__subscription", "difference__account"),
    enrich=_of_differences,
    sort="id",
    empty=_("There is nothing in it."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", shown=False),
        Column("difference", _("What does not agree"), computed(lambda row: said_of(row.difference)),
               link=to("operator:difference", "difference_id")),
        Column("account", _("Account"), text("difference.account")),
        Column("state", _("State"), computed(_line_stands)),
        Column("refusal", _("Why not"), text("refusal")),
        Column("taken", _("Reserved"), money("taken")),
        Column("written_off", _("Written off"), money("written_off")),
        Column("monthly", _("Each month"), money("monthly")),
    ),
    quick=(
        Quick("possible", _("Can be done"), ~Q(state=LineState.REFUSED)),
        Quick("refused", _("Refused"), Q(state=LineState.REFUSED)),
    ),
    own_page=False,
)  # fmt: skip
