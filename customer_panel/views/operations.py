"""Change, stop, activate, delete: each shows the charges that it would make before it is confirmed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.client_address import client_address
from core.panel.confirming import Operation, Shown, confirming
from core.panel.page import Crumb, Page
from core.panel.quantities import Asked, QuantitiesForm
from customer_panel.doors import requires
from customer_panel.forms.operations import ChangeForm, StopForm
from customer_panel.views.subscriptions import one
from subscriptions.changes import change_quantities
from subscriptions.models import Subscription
from subscriptions.proposals import (
    Proposal,
    propose_activation,
    propose_change,
    propose_deletion,
    propose_stop,
    resources_by_key,
    said_after_change,
)
from subscriptions.stopping import activate, delete, stop


@dataclass(frozen=True)
class Step:
    """A verb on a subscription: its name on the page, its preview, the deed, and what to say of the outcome."""

    title: str
    propose: Callable[..., Proposal]
    carry_out: Callable[..., Any]
    said: Callable[[Any], str]
    danger: bool = False


@requires("subscriptions.change")
def subscription_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Raise or lower the units."""
    found = one(request, pk)
    asked = [
        Asked(key, resource.name, resource.quantity, resource.plan_resource.minimum, resource.plan_resource.limit)
        for key, resource in resources_by_key(found).items()
    ]

    def form(*args: Any) -> ChangeForm:
        return ChangeForm(*args, resources=asked)

    def wish(answers: dict[str, Any]) -> dict[str, Any]:
        return {
            "quantities": QuantitiesForm.quantities(answers),
            "now": timezone.now(),
            "pay_from_balance": answers["pay_from_balance"],
            "idempotency_key": answers["key"],
            "requester_ip": client_address(request),
        }

    step = Step(_("Change quantities"), propose_change, change_quantities, said_after_change)
    return _answer(request, found, step, form, wish)


@requires("subscriptions.stop")
def subscription_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop the subscription, with a reason."""
    step = Step(_("Stop"), propose_stop, stop, _said, danger=True)
    return _answer(request, one(request, pk), step, StopForm, lambda answers: {"comment": answers["comment"]})


@requires("subscriptions.activate")
def subscription_activate(request: HttpRequest, pk: int) -> HttpResponse:
    """Activate the subscription again."""
    step = Step(_("Activate"), propose_activation, activate, _said)
    return _answer(request, one(request, pk), step, forms.Form, lambda _answers: {})


@requires("subscriptions.delete")
def subscription_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete the subscription for good."""
    step = Step(_("Delete"), propose_deletion, delete, _said, danger=True)
    return _answer(request, one(request, pk), step, forms.Form, lambda _answers: {})


def _answer(
    request: HttpRequest,
    found: Subscription,
    step: Step,
    form: Callable[..., forms.Form],
    wish: Callable[[dict[str, Any]], dict[str, Any]],
) -> HttpResponse:
    back = reverse("customer:subscription", args=[found.pk])
    common = {"actor": request.actor, "subscription": found, "today": timezone.localdate()}

    def show(answers: dict[str, Any]) -> Shown:
        proposal = step.propose(**common, **wish(answers))
        return Shown(
            question=proposal.question,
            submit=proposal.submit,
            charges=proposal.preview.added,
            currency=found.currency,
            total=proposal.preview.due or None,
            balance_after=proposal.preview.after.available,
        )

    operation = Operation(
        page=_page(found, step.title, back),
        form=form,
        show=show,
        carry_out=lambda answers: step.said(step.carry_out(**common, **wish(answers))),
        back=back,
        ask=_("Show what it costs"),
        danger=step.danger,
    )
    return confirming(request, operation)


def _page(found: Subscription, title: str, back: str) -> Page:
    crumbs = (Crumb(_("Subscriptions"), reverse("customer:subscriptions")), Crumb(found.name, back), Crumb(title))
    return Page(title=title, crumbs=crumbs)


def _said(done: Subscription) -> str:
    return _("%(name)s: %(status)s.") % {"name": done.name, "status": done.get_status_display()}
