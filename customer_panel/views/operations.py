"""Change, stop, activate, delete: each shows the charges that it would make before it is confirmed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.panel.confirming import Operation, Shown, confirming
from core.panel.page import Crumb, Page
from core.panel.quantities import Asked, QuantitiesForm
from customer_panel.doors import requires
from customer_panel.views.subscriptions import one
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


class ChangeForm(QuantitiesForm):
    """New quantities, and whether a raise is paid from the balance at once."""

    pay_from_balance = forms.BooleanField(label="", required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pay = self.fields.pop("pay_from_balance")
        pay.label = _("Pay from the balance at once")
        pay.help_text = _("Without it, added units are put into service when the payment for them has come.")
        self.fields["pay_from_balance"] = pay


class StopForm(forms.Form):
    """Why the subscription is stopped."""

    comment = forms.CharField(max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["comment"].label = _("Reason")


@requires("subscriptions.change")
def subscription_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Raise or lower the units."""
    found = one(request, pk)
    asked = [
        Asked(key, resource.name, resource.quantity, resource.plan_resource.minimum, resource.plan_resource.limit)
        for key, resource in resources_by_key(found).items()
    ]

    def proposed(answers: dict[str, Any]) -> Proposal:
        return propose_change(
            actor=request.actor,
            subscription=found,
            quantities=QuantitiesForm.quantities(answers),
            today=timezone.localdate(),
            now=timezone.now(),
            pay_from_balance=answers["pay_from_balance"],
            requester_ip=request.META.get("REMOTE_ADDR"),
        )

    def form(*args: Any) -> ChangeForm:
        return ChangeForm(*args, resources=asked)

    return _operation(request, found, _("Change quantities"), form, proposed, said=said_after_change)


@requires("subscriptions.stop")
def subscription_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop the subscription, with a reason."""
    found = one(request, pk)

    def proposed(answers: dict[str, Any]) -> Proposal:
        return propose_stop(
            actor=request.actor, subscription=found, today=timezone.localdate(), comment=answers["comment"]
        )

    return _operation(request, found, _("Stop"), StopForm, proposed, danger=True)


@requires("subscriptions.activate")
def subscription_activate(request: HttpRequest, pk: int) -> HttpResponse:
    """Activate the subscription again."""
    found = one(request, pk)

    def proposed(_answers: dict[str, Any]) -> Proposal:
        return propose_activation(actor=request.actor, subscription=found, today=timezone.localdate())

    return _operation(request, found, _("Activate"), forms.Form, proposed)


@requires("subscriptions.delete")
def subscription_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete the subscription for good."""
    found = one(request, pk)

    def proposed(_answers: dict[str, Any]) -> Proposal:
        return propose_deletion(actor=request.actor, subscription=found, today=timezone.localdate())

    return _operation(request, found, _("Delete"), forms.Form, proposed, danger=True)


def _operation(
    request: HttpRequest,
    found: Subscription,
    title: str,
    form: Callable[..., forms.Form],
    proposed: Callable[[dict[str, Any]], Proposal],
    *,
    danger: bool = False,
    said: Callable[[Any], str] | None = None,
) -> HttpResponse:
    back = reverse("customer:subscription", args=[found.pk])

    def show(answers: dict[str, Any]) -> Shown:
        proposal = proposed(answers)
        return Shown(
            question=proposal.question,
            submit=proposal.submit,
            charges=proposal.preview.added,
            currency=found.currency,
            total=proposal.preview.due or None,
            balance_after=proposal.preview.after.available,
        )

    def carry_out(answers: dict[str, Any]) -> str:
        done = proposed(answers).verb()
        return said(done) if said else _("%(name)s: %(status)s.") % {
            "name": done.name, "status": done.get_status_display()
        }  # fmt: skip

    page = Page(
        title=title,
        crumbs=(
            Crumb(_("Subscriptions"), reverse("customer:subscriptions")),
            Crumb(found.name, back),
            Crumb(title),
        ),
    )
    return confirming(
        request, Operation(page=page, form=form, show=show, carry_out=carry_out, back=back, ask=_("Show what it costs"), danger=danger)
    )
