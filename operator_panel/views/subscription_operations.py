"""Change, stop, activate, delete, try again: each shows what it would do to the books before it is confirmed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.panel.confirming import Done, Operation, Shown, confirming
from core.panel.page import Crumb, Page
from core.panel.quantities import AutoRenewalForm, ChangeForm, EndOfTermForm, QuantitiesForm, RenewalForm
from operator_panel.doors import requires
from operator_panel.views.subscriptions import one
from subscriptions.contract.ends import wanted_end
from subscriptions.models import Order, Subscription, SubscriptionStatus, TermEnd
from subscriptions.people.changes import ask_vendor_of_change
from subscriptions.people.ending import ask_vendor_of_deletion, ask_vendor_of_end
from subscriptions.people.failures import retry
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
    said_after_change,
    said_of_auto_renewal,
    said_of_end,
    units_asked,
)
from subscriptions.told.showing import shown_of
from vendors.commitments import AtEnd
from vendors.questions import notices


@requires("subscriptions.change")
def subscription_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Raise or lower the units."""
    found = one(request, pk)
    asked = units_asked(found)

    def form(*args: Any) -> ChangeForm:
        return ChangeForm(*args, resources=asked, postpay=found.postpay)

    def wish(answers: dict[str, Any]) -> dict[str, Any]:
        return {
            "actor": request.actor,
            "subscription": found,
            "quantities": QuantitiesForm.quantities(answers),
            "now": timezone.now(),
            "pay_from_balance": answers["pay_from_balance"],
            "idempotency_key": answers["key"],
        }

    said: dict[str, Any] = {}

    def proposed(answers: dict[str, Any], keep: bool) -> Proposal:
        return propose_change(**wish(answers), **said, today=timezone.localdate(), vendor_asked=True, keep=keep)

    def prepare(answers: dict[str, Any]) -> None:
        said.update(ask_vendor_of_change(**wish(answers)))

    note = " ".join((*told_of_changes(found, timezone.now()), *notices(found.plan.template.connection, "change")))
    title, ask = _("Change quantities"), _("Show what it costs")
    return operation(request, found, title, form, proposed, done=ordered, ask=ask, note=note, prepare=prepare)


@requires("subscriptions.order")
def subscription_renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Renew the subscription for another term."""
    found = one(request, pk)

    def form(*args: Any) -> RenewalForm:
        return RenewalForm(*args, resources=units_asked(found), postpay=found.postpay)

    def proposed(answers: dict[str, Any], keep: bool) -> Proposal:
        return propose_renewal(
            actor=request.actor,
            subscription=found,
            quantities=QuantitiesForm.quantities(answers),
            today=timezone.localdate(),
            pay_from_balance=answers["pay_from_balance"],
            idempotency_key=answers["key"],
            keep=keep,
        )

    return operation(request, found, _("Renew"), form, proposed, done=ordered, ask=_("Show what it costs"))


@requires("subscriptions.change")
def subscription_auto_renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch on and off that the subscription renews itself."""
    found = one(request, pk)

    def form(*args: Any) -> AutoRenewalForm:
        return AutoRenewalForm(*args, initial={"on": not found.auto_renew}, postpay=found.postpay)

    def proposed(answers: dict[str, Any], keep: bool) -> Proposal:
        today = timezone.localdate()
        return propose_auto_renewal(actor=request.actor, subscription=found, on=answers["on"], today=today, keep=keep)

    return operation(
        request, found, _("Automatic renewal"), form, proposed, done=said_of_auto_renewal, ask=_("Show what it means")
    )


@requires("subscriptions.change")
def subscription_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose what comes after the term that the vendor binds us to."""
    found = one(request, pk)
    end, said = wanted_end(found), dict[str, Any]()

    def form(*args: Any) -> EndOfTermForm:
        initial = {} if end is None else {"at_end": end.at_end.value}
        return EndOfTermForm(*args, choices=TermEnd.choices, initial=initial)

    def prepare(_answers: dict[str, Any]) -> None:
        said.update(ask_vendor_of_end(actor=request.actor, subscription=found, now=timezone.now()))

    def proposed(answers: dict[str, Any], keep: bool) -> Proposal:
        wish = {"actor": request.actor, "subscription": found, "at_end": AtEnd(answers["at_end"])}
        return propose_end(**wish, **said, today=timezone.localdate(), keep=keep)

    note = " ".join(notices(found.plan.template.connection, "arrange"))
    told = {"ask": _("Show what it means"), "note": note, "prepare": prepare}
    return operation(request, found, _("End of the term"), form, proposed, done=said_of_end, **told)


@requires("subscriptions.stop")
def subscription_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop the subscription, with a reason."""
    found = one(request, pk)

    def form(*args: Any) -> forms.Form:
        built = forms.Form(*args)
        built.fields["comment"] = forms.CharField(
            label=_("Reason"),
            max_length=500,
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("The customer reads it, with your name."),
        )
        return built

    def proposed(answers: dict[str, Any], keep: bool) -> Proposal:
        today, comment = timezone.localdate(), answers["comment"]
        return propose_stop(actor=request.actor, subscription=found, today=today, comment=comment, keep=keep)

    note = " ".join(notices(found.plan.template.connection, "suspend"))
    return operation(request, found, _("Stop"), form, proposed, ask=_("Show what it does"), danger=True, note=note)


@requires("subscriptions.activate")
def subscription_activate(request: HttpRequest, pk: int) -> HttpResponse:
    """Activate the subscription again."""
    found = one(request, pk)

    def proposed(_answers: dict[str, Any], keep: bool) -> Proposal:
        return propose_activation(actor=request.actor, subscription=found, today=timezone.localdate(), keep=keep)

    return operation(request, found, _("Activate"), forms.Form, proposed, ask=_("Check again"))


@requires("subscriptions.delete")
def subscription_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete the subscription for good."""
    found, said = one(request, pk), dict[str, Any]()

    def prepare(_answers: dict[str, Any]) -> None:
        said.update(ask_vendor_of_deletion(actor=request.actor, subscription=found, now=timezone.now()))

    def proposed(_answers: dict[str, Any], keep: bool) -> Proposal:
        today = timezone.localdate()
        return propose_deletion(actor=request.actor, subscription=found, today=today, keep=keep, **said)

    typed = (found.name, str(found.pk))
    told = {"note": " ".join(notices(found.plan.template.connection, "cancel")), "typed": typed, "prepare": prepare}
    return operation(request, found, _("Delete"), forms.Form, proposed, ask=_("Check again"), danger=True, **told)


@requires("orders.retry")
def subscription_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the vendor again for what it refused last."""
    found = one(request, pk)

    def carry_out(_answers: dict[str, Any]) -> str:
        tried = retry(actor=request.actor, subscription=found, today=timezone.localdate(), now=timezone.now())
        return _said(tried)

    question = _("Ask the vendor again to carry out what it refused? Nothing new is charged.")
    asked = Operation(
        page=page_named(found, _("Try again")),
        form=forms.Form,
        show=lambda _answers: Shown(question=question, submit=_("Try again"), charges=None),
        carry_out=carry_out,
        back=reverse("operator:subscription", args=[pk]),
        ask=_("Try again"),
    )
    return confirming(request, asked)


def operation(
    request: HttpRequest,
    found: Subscription,
    title: str,
    form: Callable[..., forms.Form],
    proposed: Callable[[dict[str, Any], bool], Proposal],
    *,
    ask: str,
    danger: bool = False,
    note: str = "",
    typed: tuple[str, ...] = (),
    done: Callable[[Any], Done | str] | None = None,
    prepare: Callable[[dict[str, Any]], object] = lambda _answers: None,
) -> HttpResponse:
    """Answer the page of an operation: its questions, what it would do, and that it is done."""

    def carry_out(answers: dict[str, Any]) -> Done:
        proposal = proposed(answers, True)
        said = (done or _said)(proposal.preview.result)
        led = said if isinstance(said, Done) else Done(said)
        return replace(led, shown=shown_of(proposal, currency=found.currency, today=timezone.localdate()))

    asked = Operation(
        page=page_named(found, title),
        form=form,
        prepare=prepare,
        show=lambda answers: shown_of(proposed(answers, False), currency=found.currency, today=timezone.localdate()),
        carry_out=carry_out,
        back=reverse("operator:subscription", args=[found.pk]),
        ask=ask,
        danger=danger,
        note=note,
        typed=typed,
    )
    return confirming(request, asked)


def ordered(order: Order) -> Done:
    """Return what is said of an order, and the way to it."""
    return Done(said_after_change(order), reverse("operator:order", args=[order.pk]))


def _said(subscription: Subscription) -> str:
    if subscription.ends_on is not None and subscription.status != SubscriptionStatus.DELETED:
        return said_of_end(subscription)
    return _("%(name)s: %(status)s.") % {"name": subscription.name, "status": subscription.get_status_display()}


def page_named(found: Subscription, title: str) -> Page:
    """Return the frame of a page about one subscription."""
    own = Crumb(found.name, reverse("operator:subscription", args=[found.pk]))
    return Page(title=title, crumbs=(Crumb(_("Subscriptions"), reverse("operator:subscriptions")), own, Crumb(title)))
