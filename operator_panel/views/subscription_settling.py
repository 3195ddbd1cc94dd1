"""An operator sees what is known of an operation in doubt, and says what became of it or what is to be done."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.panel.confirming import Done
from core.panel.formats import moment_text
from core.panel.page import Crumb, Page
from operator_panel.doors import requires
from operator_panel.editing import Editing, Evidence, editing
from operator_panel.views.subscriptions import one
from subscriptions.contract.handover import operation_in_doubt
from subscriptions.tasks import hand_to_worker
from vendors.forms import ANSWER, values_of
from vendors.models import OperationState, Parking, VendorExchange, VendorOperation
from vendors.queries import newest_exchanges
from vendors.settling import SETTLED, give_up_looking, it_is_not, it_is_there, look_again

THERE, NOT_THERE = "there", "not_there"
LOOK, GIVE_UP = "look", "give_up"
DEEDS: dict[str, Callable[..., VendorOperation]] = {LOOK: look_again, GIVE_UP: give_up_looking}
IN_DOUBT = (OperationState.SENT, OperationState.UNKNOWN)
# How many of the exchanges with the vendor are shown as evidence, beside the one that sent the step: the newest.
SHOWN = 5


@requires("orders.retry")
def subscription_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the evidence of an operation in doubt: it is there or is sent once more; looked at again, or given up."""
    found = one(request, pk)
    operation = operation_in_doubt(found)
    back = reverse("operator:subscription", args=[pk])
    if operation is None:
        if request.method == "POST":  # somebody else was faster: what was answered here was not taken
            messages.error(request, _("Somebody has said it already, or it was found: your answer was not needed."))
        return redirect(back)
    parked = operation.parked

    def keep(answers: dict[str, Any]) -> Done:
        said = {"actor": request.actor, "operation": operation, "now": timezone.now()}
        if parked is not None and answers["became"] == THERE:
            it_is_there(told=values_of(answers, ANSWER), **said)
        elif parked is not None:
            it_is_not(**said)
        else:
            DEEDS[answers["became"]](**said)
        hand_to_worker(operation.pk)
        return Done(_("The operation goes on with what you have said."), back)

    title = _("Say what became of it")
    crumbs = (Crumb(_("Subscriptions"), reverse("operator:subscriptions")), Crumb(found.name, back), Crumb(title))
    return editing(
        request,
        Editing(
            page=Page(title=title, crumbs=crumbs),
            form=_form(parked) if parked is not None else _form_without_end,
            keep=keep,
            back=back,
            submit=_("Save and go on"),
            note=operation.last_error if parked is not None else _known(operation),
            evidence=_evidence(operation, parked.step if parked is not None else _doubtful(operation)),
        ),
    )


def _known(operation: VendorOperation) -> str:
    """Return what is known of an operation that has come to no end: since when, how often tried, what was met last."""
    step = _doubtful(operation)
    said = (
        _("The answer to “%(step)s” was lost, and whether the vendor has carried it out is not known.") % {"step": step}
        if step
        else _("Nothing is in doubt at the vendor, but it comes to no end.")
    )
    told = _("Since %(since)s, %(attempts)s attempts; the next by itself at %(next)s.") % {
        "since": moment_text(operation.doubtful_since),
        "attempts": operation.attempts,
        "next": moment_text(operation.next_attempt_at),
    }
    return f"{said} {told} {operation.last_error}"


def _doubtful(operation: VendorOperation) -> str:
    """Return the step whose answer was lost; empty where there is none."""
    return operation.calls.filter(state__in=IN_DOUBT).order_by("pk").values_list("name", flat=True).first() or ""


def _form_without_end(*args: Any) -> forms.Form:
    """Return the form for what the platform looks up by itself, and has for too long."""
    built = forms.Form(*args)
    built.fields["became"] = forms.ChoiceField(
        label=_("What is to be done"),
        choices=[
            (LOOK, _("Look again now: the cause is removed")),
            (GIVE_UP, _("Give it up: it counts as failed, and can be tried again or cancelled")),
        ],
        widget=forms.RadioSelect,
    )
    return built


def _form(parked: Parking) -> Callable[..., forms.Form]:
    """Return what builds the form: whether it is there, and what has to be told of it then."""

    def build(*args: Any) -> forms.Form:
        built = forms.Form(*args)
        built.fields["became"] = forms.ChoiceField(
            label=_("What the vendor's own pages show"),
            choices=[(THERE, _("It is there")), (NOT_THERE, _("It is not there: send it once more"))],
            widget=forms.RadioSelect,
        )
        for name, label in parked.told:
            built.fields[ANSWER + name] = forms.CharField(
                label=_(label), required=False, max_length=200, help_text=_("Only where it is there.")
            )
        for name, label in parked.sealed:
            built.fields[ANSWER + name] = forms.CharField(
                label=_(label),
                required=False,
                max_length=200,
                help_text=_("Only where it is there and known: the customer is shown it."),
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )
        return built

    return build


def _evidence(operation: VendorOperation, step: str) -> tuple[Evidence, ...]:
    """Return how the step was sent, and the newest exchanges with the vendor since: secrets are masked."""
    lines = newest_exchanges(operation)
    said = [word["at"] for word in operation.result.get(SETTLED, ()) if word["step"] == step]
    begun = said[-1] if said else operation.calls.filter(name=step).values_list("created_at", flat=True).first()
    sent = lines.filter(at__gte=begun).order_by("pk").first() if begun is not None else None
    newest = [line for line in lines[:SHOWN] if line != sent]
    return tuple(_told(line) for line in ([sent] if sent is not None else []) + newest)


def _told(line: VendorExchange) -> Evidence:
    title = f"{moment_text(line.at)} {line.method} {line.url}: {line.status or line.error}"
    texts = ((_("Sent"), line.request_body), (_("Answered"), line.response_body))
    return Evidence(title, tuple((label, text) for label, text in texts if text))
