"""Change, stop, activate, delete: each shows the charges that it would make before it is confirmed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.client_address import client_address
from core.panel.confirming import Done, Operation, Shown, confirming
from core.panel.page import Crumb, Page
from core.panel.quantities import (
    SWITCH_TO,
    AutoRenewalForm,
    ChangeForm,
    EndOfTermForm,
    QuantitiesForm,
    RenewalForm,
    SwitchForm,
    whole_number,
)
from customer_panel.doors import requires
from customer_panel.forms.operations import StopForm
from customer_panel.views.subscriptions import one
from subscriptions.contract.ends import wanted_end
from subscriptions.models import Subscription, SubscriptionStatus, TermEnd
from subscriptions.people.changes import ask_vendor_of_change
from subscriptions.people.ending import ask_vendor_of_deletion, ask_vendor_of_end
from subscriptions.people.switching import ask_vendor_of_switch, periods_to_switch_to
from subscriptions.people.timing import told_of_changes
from subscriptions.told.proposals import (
    Proposal,
    propose_activation,
    propose_auto_renewal,
    propose_change,
    propose_deletion,
    propose_end,
    propose_renewal,
    propose_stop,
    propose_switch,
    said_after_change,
    said_of_auto_renewal,
    said_of_end,
    units_asked,
    units_of_plan,
)
from subscriptions.told.showing import shown_of
from vendors.commitments import AtEnd
from vendors.questions import notices


@dataclass(frozen=True)
class Step:
    """A verb on a subscription: its name on the page, what it would do (or does), and what to say of the outcome.

    `ask_vendor` is asked first, with the same wish; `note` is what the vendor wants known before.
    """

    title: str
    propose: Callable[..., Proposal]
    said: Callable[[Any], str]
    danger: bool = False
    # Asked before anything is locked; what it returns is told to `propose` too.
    ask_vendor: Callable[..., dict[str, Any]] | None = None
    note: str = ""
    # What is lost for good: its name or id is typed first.
    typed: bool = False


@requires("subscriptions.change")
def subscription_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Raise or lower the units."""
    found = one(request, pk)
    asked = units_asked(found)

    def form(*args: Any) -> ChangeForm:
        return ChangeForm(*args, resources=asked, postpay=found.postpay)

    def wish(answers: dict[str, Any]) -> dict[str, Any]:
        return {
            "quantities": QuantitiesForm.quantities(answers),
            "now": timezone.now(),
            "pay_from_balance": answers["pay_from_balance"],
            "idempotency_key": answers["key"],
        }

    propose = partial(propose_change, vendor_asked=True, requester_ip=client_address(request))
    note = " ".join((*told_of_changes(found, timezone.now()), *notices(found.plan.template.connection, "change")))
    step = Step(_("Change quantities"), propose, said_after_change, ask_vendor=ask_vendor_of_change, note=note)
    return _answer(request, found, step, form, wish)


@requires("subscriptions.order")
def subscription_renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Renew the subscription for another term."""
    found = one(request, pk)

    def form(*args: Any) -> RenewalForm:
        return RenewalForm(*args, resources=units_asked(found), postpay=found.postpay)

    def wish(answers: dict[str, Any]) -> dict[str, Any]:
        return {
            "quantities": QuantitiesForm.quantities(answers),
            "pay_from_balance": answers["pay_from_balance"],
            "idempotency_key": answers["key"],
        }

    propose = partial(propose_renewal, requester_ip=client_address(request))
    return _answer(request, found, Step(_("Renew"), propose, said_after_change), form, wish)


@requires("subscriptions.change")
def subscription_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose another plan for the subscription; then its units, and what it costs."""
    found = one(request, pk)
    periods = periods_to_switch_to(request.actor, found)
    if SWITCH_TO not in request.GET:
        page = _page(found, _("Switch the plan"), reverse("customer:subscription", args=[pk]))
        return render(request, "switch_choice.html", {"page": page, "periods": periods, "name": SWITCH_TO})
    wanted = get_object_or_404(periods, pk=whole_number(request.GET[SWITCH_TO]))

    def form(*args: Any) -> SwitchForm:
        return SwitchForm(*args, resources=units_of_plan(found, wanted), postpay=found.postpay)

    def wish(answers: dict[str, Any]) -> dict[str, Any]:
        return {
            "period": wanted,
            "quantities": QuantitiesForm.quantities(answers),
            "now": timezone.now(),
            "pay_from_balance": answers["pay_from_balance"],
            "idempotency_key": answers["key"],
        }

    propose = partial(propose_switch, vendor_asked=True, requester_ip=client_address(request))
    title, note = _("Switch to “%(plan)s”"), " ".join(notices(found.plan.template.connection, "switch"))
    step = Step(
        title % {"plan": wanted.plan.name}, propose, said_after_change, ask_vendor=ask_vendor_of_switch, note=note
    )
    return _answer(request, found, step, form, wish)


@requires("subscriptions.change")
def subscription_auto_renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch on and off that the subscription renews itself."""
    found = one(request, pk)

    def form(*args: Any) -> AutoRenewalForm:
        return AutoRenewalForm(*args, initial={"on": not found.auto_renew}, postpay=found.postpay)

    step = Step(_("Automatic renewal"), propose_auto_renewal, said_of_auto_renewal)
    return _answer(request, found, step, form, lambda answers: {"on": answers["on"]})


@requires("subscriptions.change")
def subscription_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose what comes after the term that the vendor binds us to."""
    found = one(request, pk)
    end = wanted_end(found)

    def form(*args: Any) -> EndOfTermForm:
        initial = {} if end is None else {"at_end": end.at_end.value}
        return EndOfTermForm(*args, choices=TermEnd.choices, initial=initial)

    note = " ".join(notices(found.plan.template.connection, "arrange"))
    asked = partial(ask_vendor_of_end, now=timezone.now())
    step = Step(_("End of the term"), propose_end, said_of_end, ask_vendor=asked, note=note)
    return _answer(request, found, step, form, lambda answers: {"at_end": AtEnd(answers["at_end"])})


@requires("subscriptions.stop")
def subscription_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop the subscription, with a reason."""
    found = one(request, pk)
    note = " ".join(notices(found.plan.template.connection, "suspend"))
    step = Step(_("Stop"), propose_stop, _said, danger=True, note=note)
    return _answer(request, found, step, StopForm, lambda answers: {"comment": answers["comment"]})


@requires("subscriptions.activate")
def subscription_activate(request: HttpRequest, pk: int) -> HttpResponse:
    """Activate the subscription again."""
    step = Step(_("Activate"), propose_activation, _said)
    return _answer(request, one(request, pk), step, forms.Form, lambda _answers: {})


@requires("subscriptions.delete")
def subscription_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete the subscription for good."""
    found = one(request, pk)
    note = " ".join(notices(found.plan.template.connection, "cancel"))
    asked = partial(ask_vendor_of_deletion, now=timezone.now())
    step = Step(_("Delete"), propose_deletion, _said, danger=True, typed=True, note=note, ask_vendor=asked)
    return _answer(request, found, step, forms.Form, lambda _answers: {})


def _answer(
    request: HttpRequest,
    found: Subscription,
    step: Step,
    form: Callable[..., forms.Form],
    wish: Callable[[dict[str, Any]], dict[str, Any]],
) -> HttpResponse:
    back = reverse("customer:subscription", args=[found.pk])
    common: dict[str, Any] = {"actor": request.actor, "subscription": found}
    said: dict[str, Any] = {}

    def proposed(answers: dict[str, Any], *, keep: bool) -> Proposal:
        return step.propose(**common, **wish(answers), **said, today=timezone.localdate(), keep=keep)

    def carry_out(answers: dict[str, Any]) -> Done:
        proposal = proposed(answers, keep=True)
        return Done(step.said(proposal.preview.result), shown=_shown(proposal, found.currency))

    def prepare(answers: dict[str, Any]) -> None:
        if step.ask_vendor is not None:
            said.update(step.ask_vendor(**common, **wish(answers)))

    operation = Operation(
        page=_page(found, step.title, back),
        form=form,
        prepare=prepare,
        show=lambda answers: _shown(proposed(answers, keep=False), found.currency),
        carry_out=carry_out,
        back=back,
        ask=_("Show what it costs"),
        danger=step.danger,
        note=step.note,
        typed=(found.name, str(found.pk)) if step.typed else (),
    )
    return confirming(request, operation)


def _shown(proposal: Proposal, currency: str) -> Shown:
    return shown_of(proposal, currency=currency, today=timezone.localdate())


def _page(found: Subscription, title: str, back: str) -> Page:
    crumbs = (Crumb(_("Subscriptions"), reverse("customer:subscriptions")), Crumb(found.name, back), Crumb(title))
    return Page(title=title, crumbs=crumbs)


def _said(done: Subscription) -> str:
    if done.ends_on is not None and done.status != SubscriptionStatus.DELETED:
        return said_of_end(done)
    return _("%(name)s: %(status)s.") % {"name": done.name, "status": done.get_status_display()}
