"""Mass price changes: drafted, looked at, carried out by a job with progress, undone until their day."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from core.errors import allowed
from core.lists.tabs import ListTab, list_views
from core.panel.confirming import Done, Operation, Shown, confirming
from core.panel.formats import day_text, number_text
from core.panel.page import Crumb, Page, Status
from core.panel.widgets import DayInput
from operator_panel.around import able, log_page, tabs_of
from operator_panel.doors import requires
from operator_panel.editing import Editing, editing
from operator_panel.lists.price_changes import PRICE_CHANGE_EFFECTS
from subscriptions.models import PriceChange, PriceRule
from subscriptions.people.price_changes import (
    confirm_price_change,
    draft_price_change,
    may_confirm,
    may_undo,
    undo_price_change,
)
from subscriptions.queries import plans_visible_to, price_changes_visible_to

TABS = (
    ("price_change", gettext_lazy("General"), "plans.change"),
    ListTab("price_change_effects", PRICE_CHANGE_EFFECTS, by="change_id"),
    ("price_change_log", gettext_lazy("Log"), "log.view"),
)


def _one(request: HttpRequest, pk: int) -> PriceChange:
    return get_object_or_404(price_changes_visible_to(request.actor).select_related("reseller"), pk=pk)


@requires("plans.change")
def price_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a price change: what it does, how far it is."""
    found = _one(request, pk)
    lines = found.lines.select_related("plan_resource__plan__reseller").order_by("pk")[:LINES_SHOWN]
    context = {"page": _page_of(request.actor, found, "price_change"), "change": found, "lines": lines}
    return render(request, "operator_panel/price_change.html", context)


# Of many prices the page shows the first.
LINES_SHOWN = 100


@requires("log.view")
def price_change_log(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what happened to the price change."""
    found = _one(request, pk)
    return log_page(request, _page_of(request.actor, found, "price_change_log"), found)


@requires("plans.change")
def price_change_create(request: HttpRequest) -> HttpResponse:
    """Choose plans, a rule and a day; what it would do is shown before anything is changed."""
    today = timezone.localdate()

    def keep(answers: dict[str, Any]) -> Done:
        drafted = draft_price_change(
            actor=request.actor,
            reseller=request.actor.reseller,
            plans=list(answers["plans"]),
            rule=answers["rule"],
            value=answers["value"],
            valid_from=answers["valid_from"],
            today=today,
        )
        said = _("Nothing is changed yet: look at what it does, then carry it out.")
        return Done(said, reverse("operator:price_change", args=[drafted.pk]))

    def form(*args: Any) -> forms.Form:
        built = forms.Form(*args)
        plans = plans_visible_to(request.actor).filter(reseller=request.actor.reseller).order_by("name")
        built.fields["plans"] = forms.ModelMultipleChoiceField(
            plans, label=_("Plans"), widget=forms.CheckboxSelectMultiple
        )
        built.fields["rule"] = forms.ChoiceField(label=_("Rule"), choices=PriceRule.choices)
        built.fields["value"] = forms.DecimalField(
            label=_("Value"),
            max_digits=18,
            decimal_places=6,
            help_text=_("Percent, or an amount a unit and month; less than none makes it cheaper."),
        )
        built.fields["valid_from"] = forms.DateField(
            label=_("Valid from"), widget=DayInput(), initial=today + timedelta(days=1)
        )
        return built

    title, back = _("Change prices"), reverse("operator:price_changes")
    page = Page(title=title, crumbs=(Crumb(_("Price changes"), back), Crumb(title)))
    return editing(request, Editing(page=page, form=form, keep=keep, back=back, submit=_("Show what it would do")))


@requires("plans.change")
def price_change_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the job write the prices."""
    found = _one(request, pk)

    def carry_out(_answers: dict[str, Any]) -> str:
        confirm_price_change(actor=request.actor, change=found, today=timezone.localdate())
        return _("The prices are being written.")

    question = _("Change %(prices)s prices from %(day)s on?") % {
        "prices": number_text(found.lines_total),
        "day": day_text(found.valid_from),
    }
    text = _("%(more)s of %(reached)s subscriptions pay more, %(below)s fall below cost.") % {
        "more": number_text(found.pay_more),
        "reached": number_text(found.reached),
        "below": number_text(found.below_cost),
    }
    return _confirming(
        request,
        found,
        _("Carry out"),
        Shown(question=question, submit=_("Change the prices"), charges=None, text=text),
        may_confirm,
        carry_out,
    )


@requires("plans.change")
def price_change_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the prices that were hold again."""
    found = _one(request, pk)

    def carry_out(_answers: dict[str, Any]) -> str:
        undo_price_change(actor=request.actor, change=found, today=timezone.localdate())
        return _("The price change is undone: the earlier prices hold again, but for those entered for that day since.")

    question = _("Take back the price change that begins on %(day)s?") % {"day": day_text(found.valid_from)}
    shown = Shown(question=question, submit=_("Undo the price change"), charges=None)
    return _confirming(request, found, _("Undo"), shown, may_undo, carry_out)


def _confirming(
    request: HttpRequest,
    found: PriceChange,
    title: str,
    shown: Shown,
    may: Callable[[PriceChange, date], None],
    carry_out: Callable[[dict[str, Any]], str],
) -> HttpResponse:
    """Ask before it is done; what `may` refuses is not even asked."""
    own = reverse("operator:price_change", args=[found.pk])
    page = Page(
        title=title,
        crumbs=(Crumb(_("Price changes"), reverse("operator:price_changes")), Crumb(found.pk, own), Crumb(title)),
    )
    operation = Operation(
        page=page,
        form=forms.Form,
        prepare=lambda _answers: may(found, timezone.localdate()),
        show=lambda _answers: shown,
        carry_out=carry_out,
        back=own,
        ask=title,
    )
    return confirming(request, operation)


def _page_of(actor: Actor, found: PriceChange, tab: str) -> Page:
    today = timezone.localdate()
    offered = (
        ("price_change_confirm", _("Carry out"), "plans.change", allowed(may_confirm, found, today)),
        ("price_change_undo", _("Undo"), "plans.change", allowed(may_undo, found, today)),
    )
    return Page(
        title=_("Price change %(number)s") % {"number": found.pk},
        crumbs=(Crumb(_("Price changes"), reverse("operator:price_changes")), Crumb(found.pk)),
        status=Status(found.status, found.get_status_display()),
        buttons=able(actor, offered, found.pk),
        tabs=tabs_of(actor, TABS, tab, found.pk),
    )


lists = list_views(TABS, requires=requires, one=_one, page_of=_page_of)
