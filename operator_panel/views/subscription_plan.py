"""What a manager does about the plan and the charges of a subscription: switch it, close them by hand."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from core.panel.quantities import SWITCH_TO as TO
from core.panel.quantities import QuantitiesForm, SwitchForm, whole_number
from operator_panel.doors import requires
from operator_panel.views.subscription_operations import operation, ordered, page_named
from operator_panel.views.subscriptions import one
from subscriptions.people.switching import ask_vendor_of_switch, periods_to_switch_to
from subscriptions.told.proposals import Proposal, propose_closing, propose_switch, units_of_plan
from vendors.questions import notices


@requires("subscriptions.change")
def subscription_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose another plan for the subscription; then its units, and what it costs."""
    found = one(request, pk)
    periods = periods_to_switch_to(request.actor, found)
    if TO not in request.GET:
        page = page_named(found, _("Switch the plan"))
        return render(request, "switch_choice.html", {"page": page, "periods": periods, "name": TO})
    wanted = get_object_or_404(periods, pk=whole_number(request.GET[TO]))

    def form(*args: Any) -> SwitchForm:
        return SwitchForm(*args, resources=units_of_plan(found, wanted), postpay=found.postpay)

    def wish(answers: dict[str, Any]) -> dict[str, Any]:
        return {
            "actor": request.actor,
            "subscription": found,
            "period": wanted,
            "quantities": QuantitiesForm.quantities(answers),
            "now": timezone.now(),
            "pay_from_balance": answers["pay_from_balance"],
            "idempotency_key": answers["key"],
        }

    def proposed(answers: dict[str, Any], keep: bool) -> Proposal:
        return propose_switch(**wish(answers), today=timezone.localdate(), vendor_asked=True, keep=keep)

    def prepare(answers: dict[str, Any]) -> None:
        ask_vendor_of_switch(**wish(answers))

    title, ask = _("Switch to “%(plan)s”") % {"plan": wanted.plan.name}, _("Show what it costs")
    note = " ".join(notices(found.plan.template.connection, "switch"))
    return operation(request, found, title, form, proposed, done=ordered, ask=ask, note=note, prepare=prepare)


@requires("charges.close")
def subscription_close_charges(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the charges by hand."""
    found = one(request, pk)

    def proposed(_answers: dict[str, Any], keep: bool) -> Proposal:
        return propose_closing(actor=request.actor, subscription=found, today=timezone.localdate(), keep=keep)

    return operation(request, found, _("Close charges"), forms.Form, proposed, ask=_("Check again"), danger=True)
