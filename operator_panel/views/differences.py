"""Differences with vendors: listed, looked at, settled one by one, or many together with a preview."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from core.errors import Refused, allowed
from core.lists.export import rows_to_write
from core.lists.listing import Asker
from core.lists.state import state_of
from core.lists.tabs import ListTab, list_views
from core.lists.views import list_view
from core.panel.confirming import Done, Operation, Shown, confirming
from core.panel.formats import number_text
from core.panel.once import once
from core.panel.page import Crumb, Page, Status
from operator_panel.around import able, log_page, tabs_of
from operator_panel.doors import requires
from operator_panel.lists.differences import CHOSEN, DIFFERENCES, RESOLUTION_LINES, told_of_refusals
from subscriptions.models import Choice, Difference, Resolution, ResolutionStatus
from subscriptions.queries import differences_visible_to, resolutions_visible_to
from subscriptions.resolving.deeds import RIGHT, Acting
from subscriptions.resolving.drafting import confirm_resolution, draft_resolution, may_confirm
from subscriptions.resolving.settling import foresee, settle
from subscriptions.told.differing import does, said_of, value_of
from subscriptions.told.showing import shown_of

DIFFERENCE_TABS = (
    ("difference", gettext_lazy("General"), "differences.view"),
    ("difference_log", gettext_lazy("Log"), "log.view"),
)
TABS = (
    ("resolution", gettext_lazy("General"), "differences.view"),
    ListTab("resolution_lines", RESOLUTION_LINES, by="resolution_id"),
    ("resolution_log", gettext_lazy("Log"), "log.view"),
)
# Which rows a button above the list is about: those that are ticked, or all that the list shows as it is narrowed.
ALL = "all"


def _several(request: HttpRequest) -> dict[str, Any]:
    return {"may_settle": request.actor.may(RIGHT), "choices": Choice.choices}


_listed = list_view(DIFFERENCES, template="operator_panel/differences.html", context=_several)


@requires("differences.view")
def differences(request: HttpRequest) -> HttpResponseBase:
    """List the differences; a button above the list has those that are chosen worked out together."""
    if request.method == "POST" and request.POST.get("do") in Choice.values:
        return _drafted(request, request.POST["do"])
    return _listed(request)


def _drafted(request: HttpRequest, choice: str) -> HttpResponse:
    """Draft a resolution of what is ticked, or of all that the list shows as its address narrows it."""
    actor = request.actor
    rows = differences_visible_to(actor)
    if request.POST.get("of") == ALL:
        asker = Asker(actor=actor, today=timezone.localdate())
        state = state_of(DIFFERENCES, request.GET, page_size=25)
        rows = rows.filter(pk__in=rows_to_write(DIFFERENCES, state, asker, {}).order_by().values("pk"))
    else:
        ticked = [one for one in request.POST.getlist(CHOSEN) if one.isdecimal() and len(one) < 19]
        rows = rows.filter(pk__in=ticked)

    def deed() -> str:
        drafted = draft_resolution(actor=actor, choice=choice, differences=rows)
        messages.success(request, _("Nothing is changed yet: look at what it would do, then carry it out."))
        return reverse("operator:resolution", args=[drafted.pk])

    try:
        return HttpResponseRedirect(once(request, deed))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(request.get_full_path())


# One difference


def _one(request: HttpRequest, pk: int) -> Difference:
    related = ("connection", "account", "subscription", "reseller", "settled_by")
    return get_object_or_404(differences_visible_to(request.actor).select_related(*related), pk=pk)


@requires("differences.view")
def difference(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what does not agree, and what each choice would do."""
    found = _one(request, pk)
    told_of_refusals([found])
    context = {
        "page": _page_of_difference(request.actor, found, "difference"),
        "difference": found,
        "said": said_of(found),
        "ours": value_of(found.ours),
        "theirs": value_of(found.theirs),
        "choices": [(label, does(choice, found)) for choice, label in Choice.choices],
    }
    return render(request, "operator_panel/difference.html", context)


@requires("log.view")
def difference_log(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what happened to the difference."""
    found = _one(request, pk)
    return log_page(request, _page_of_difference(request.actor, found, "difference_log"), found)


@requires(RIGHT)
def difference_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the books follow the vendor."""
    return _settling(request, _one(request, pk), Choice.ACCEPT)


@requires(RIGHT)
def difference_restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring the vendor back to the books."""
    return _settling(request, _one(request, pk), Choice.RESTORE)


def _settling(request: HttpRequest, found: Difference, choice: Choice) -> HttpResponse:
    own = reverse("operator:difference", args=[found.pk])
    today, currency = timezone.localdate(), found.account.currency

    def acting(*, keep: bool) -> Acting:
        return Acting(request.actor, today, timezone.now(), keep)

    def show(_answers: dict[str, Any]) -> Shown:
        return shown_of(foresee(found.pk, choice, acting(keep=False)), currency=currency, today=today)

    def carry_out(_answers: dict[str, Any]) -> Done:
        settled = settle(found.pk, choice, acting(keep=True))
        said = _("The books follow the vendor.") if choice == Choice.ACCEPT else _("The vendor is being brought back.")
        return Done(said, own, shown_of(settled, currency=currency, today=today))

    page = Page(title=choice.label, crumbs=(*_crumbs(), Crumb(found.pk, own), Crumb(choice.label)))
    operation = Operation(
        page=page,
        form=forms.Form,
        show=show,
        carry_out=carry_out,
        back=own,
        ask=_("Check again"),
        note=f"{said_of(found)} {does(choice, found)}",
    )
    return confirming(request, operation)


def _crumbs() -> tuple[Crumb, ...]:
    return (Crumb(DIFFERENCES.title, reverse("operator:differences")),)


def _page_of_difference(actor: Actor, found: Difference, tab: str) -> Page:
    open_now = not found.settled and not found.operation
    offered = (
        ("difference_accept", Choice.ACCEPT.label, RIGHT, open_now),
        ("difference_restore", Choice.RESTORE.label, RIGHT, open_now),
    )
    return Page(
        title=found.get_kind_display(),
        crumbs=(*_crumbs(), Crumb(found.pk)),
        status=Status("done", found.get_settled_display()) if found.settled else None,
        buttons=able(actor, offered, found.pk),
        tabs=tabs_of(actor, DIFFERENCE_TABS, tab, found.pk),
    )


# Many together


def _resolution(request: HttpRequest, pk: int) -> Resolution:
    return get_object_or_404(resolutions_visible_to(request.actor).select_related("created_by"), pk=pk)


@requires("differences.view")
def resolution(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what settling the differences does, and how far it is."""
    found = _resolution(request, pk)
    working = found.status in (ResolutionStatus.DRAFT, ResolutionStatus.RUNNING)
    done = found.lines_foreseen if found.status == ResolutionStatus.DRAFT else found.lines_done + found.lines_refused
    context = {
        "page": _page_of(request.actor, found, "resolution"),
        "resolution": found,
        "working": working,
        "done": done,
        "possible": found.lines_total - found.lines_refused,
        "sums": found.sums(),
    }
    return render(request, "operator_panel/resolution.html", context)


@requires("log.view")
def resolution_log(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what happened to the resolution."""
    found = _resolution(request, pk)
    return log_page(request, _page_of(request.actor, found, "resolution_log"), found)


@requires(RIGHT)
def resolution_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the job settle the differences."""
    found = _resolution(request, pk)
    own = reverse("operator:resolution", args=[pk])

    def carry_out(_answers: dict[str, Any]) -> str:
        confirm_resolution(actor=request.actor, resolution=found, now=timezone.now())
        return _("The differences are being settled, each for itself.")

    question = _("%(choice)s: settle %(number)s differences?") % {
        "choice": found.get_choice_display(),
        "number": number_text(found.lines_total - found.lines_refused),
    }
    text = _("%(refused)s are left as they are: their lines say why.") % {"refused": number_text(found.lines_refused)}
    shown = Shown(question=question, submit=_("Settle them"), charges=None, text=text if found.lines_refused else "")
    page = Page(title=_("Carry out"), crumbs=(*_crumbs_of_many(), Crumb(found.pk, own), Crumb(_("Carry out"))))
    operation = Operation(
        page=page,
        form=forms.Form,
        prepare=lambda _answers: may_confirm(found),
        show=lambda _answers: shown,
        carry_out=carry_out,
        back=own,
        ask=_("Carry out"),
    )
    return confirming(request, operation)


def _crumbs_of_many() -> tuple[Crumb, ...]:
    return (*_crumbs(), Crumb(_("Settled together"), reverse("operator:resolutions")))


def _page_of(actor: Actor, found: Resolution, tab: str) -> Page:
    offered = (("resolution_confirm", _("Carry out"), RIGHT, allowed(may_confirm, found)),)
    return Page(
        title=f"{found.get_choice_display()} {found.pk}",
        crumbs=(*_crumbs_of_many(), Crumb(found.pk)),
        status=Status(found.status, found.get_status_display()),
        buttons=able(actor, offered, found.pk),
        tabs=tabs_of(actor, TABS, tab, found.pk),
    )


lists = list_views(TABS, requires=requires, one=_resolution, page_of=_page_of)
