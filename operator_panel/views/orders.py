"""An order: what was asked for, what it costs, how far it is; cancelled, or given up where it failed."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from billing.payments import WAITING
from billing.queries import payments_visible_to
from core.errors import Refused
from core.lists.tabs import ListTab, list_views
from core.panel.confirming import Done, Operation, confirming
from core.panel.correcting import Correcting, correcting, only_shown
from core.panel.page import Button, Crumb, Page, Status, offered_buttons
from operator_panel.around import log_page, tabs_of
from operator_panel.doors import requires
from operator_panel.lists.charges import CHARGES
from operator_panel.views.account_changes import needed_page
from subscriptions.contract.handover import waiting_operation
from subscriptions.contract.terms import WHOLE_BEHIND
from subscriptions.models import Order, OrderStatus
from subscriptions.people.failures import Answer, cancel_failed_order, correct_order, correction_of
from subscriptions.people.ordering import cancel_order
from subscriptions.people.paying import pay_order_from_balance
from subscriptions.queries import orders_visible_to
from subscriptions.told.offered import steps_of_order
from subscriptions.told.preview import Preview
from subscriptions.told.proposals import Proposal, propose
from subscriptions.told.showing import shown_of
from vendors.forms import ANSWER, inputs_of, values_of
from vendors.queries import operations_of

TABS = (
    ("order", gettext_lazy("General"), "orders.view"),
    ListTab("order_charges", CHARGES, by="order_id"),
    ("order_log", gettext_lazy("Log"), "log.view"),
)


def one(request: HttpRequest, pk: int) -> Order:
    """Return the order of the address. Raises Http404 for one that the actor does not see."""
    related = ("account__account_class", "account__reseller", "created_by", *WHOLE_BEHIND)
    return get_object_or_404(orders_visible_to(request.actor).select_related(*related), pk=pk)


@requires("orders.view")
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an order's items and payments."""
    found = one(request, pk)
    payments = list(payments_visible_to(request.actor).filter(order=found).order_by("pk"))
    context = {
        "page": page_of(request.actor, found, "order", payments),
        "order": found,
        "items": found.items.select_related("subscription_resource").order_by("pk"),
        "payments": payments,
        "trouble": _trouble(found),
        "waits": waiting.waits_for if (waiting := waiting_operation(found.subscription)) is not None else None,
    }
    return render(request, "operator_panel/order.html", context)


def _trouble(found: Order) -> str:
    """Return what went wrong in the reader's language; the order itself keeps it in the worker's, for the log."""
    operation = operations_of([f"order:{found.pk}"]).order_by("-created_at").first() if found.failure else None
    return operation.last_error if operation else found.failure


@requires("log.view")
def order_log(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what happened to the order."""
    found = one(request, pk)
    return log_page(request, page_of(request.actor, found, "order_log"), found)


@requires("orders.cancel")
def order_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel an order that nobody has paid, and its payment with it."""
    found = one(request, pk)
    question = _("Cancel the order %(order)s? Its payment is cancelled too, and its charges are deleted.")
    return _moved(request, found, _("Cancel the order"), question, cancel_order, danger=True)


@requires("orders.correct")
def order_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the vendor refused of an order at its field; keep other answers and ask the vendor again."""
    found = one(request, pk)
    title = _("Correct the order")
    return correcting(
        request,
        Correcting(
            page=Page(title=title, crumbs=(*crumbs_of(found), Crumb(title))),
            find=partial(correction_of, found),
            form=_correction_form,
            prefix=ANSWER,
            keep=lambda answers: correct_order(
                actor=request.actor,
                order=found,
                answers=values_of(answers, ""),
                today=timezone.localdate(),
                now=timezone.now(),
            ),
            complete=partial(needed_page, request, found.account_id),
            back=reverse("operator:order", args=[pk]),
            **_words_of_correcting(found),
        ),
    )


def _words_of_correcting(found: Order) -> dict[str, Any]:
    """Return what the form says: of an order that the vendor refused, or of one that waits there."""
    if found.status == OrderStatus.PROVISIONING_FAILED:
        return {
            "said": _("The order is being carried out again."),
            "note": _("Nothing new is charged. The account's data are read anew when it is tried again."),
        }
    return {
        "said": _("The vendor has the corrected order."),
        "note": _("The order waits at the vendor, which takes other answers and the account's data as they are now."),
        "submit": _("Tell the vendor"),
    }


def _correction_form(answers: Sequence[Answer]) -> Callable[..., forms.Form]:
    """Return what builds the form of the answers; one that was used at the vendor already is only shown."""
    values = {answer.question.name: answer.value for answer in answers}

    def build(*args: Any) -> forms.Form:
        form = forms.Form(*args)
        form.fields.update(inputs_of([answer.question for answer in answers], prefix=ANSWER, now=values))
        for answer in answers:
            if answer.fixed:
                only_shown(form.fields[ANSWER + answer.question.name])
        return form

    return build


@requires("orders.retry")
def order_give_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up an order that failed at the vendor: everything is as it was before, the money stays on the balance."""
    found = one(request, pk)
    question = _("Give up the order %(order)s? What it reserved is released; the money stays on the balance.")
    return _moved(request, found, _("Give up the order"), question, cancel_failed_order, danger=True)


@requires("subscriptions.order")
def order_pay(request: HttpRequest, pk: int) -> HttpResponse:
    """Pay a waiting order from the account's available funds."""
    found = one(request, pk)
    question = _("Pay the order %(order)s from the balance?")
    if found.subscription.postpay:
        question = _("Confirm the order %(order)s?")
    return _moved(request, found, _settling(found), question, pay_order_from_balance)


def _settling(found: Order) -> str:
    """Return what settles a waiting order: it is paid from the balance, in postpay it is confirmed."""
    return _("Confirm the order") if found.subscription.postpay else _("Pay from the balance")


def _moved(
    request: HttpRequest, found: Order, title: str, question: str, verb: Callable[..., Order], *, danger: bool = False
) -> HttpResponse:
    carried = partial(verb, actor=request.actor, order=found, today=timezone.localdate())

    def words(_seen: Preview) -> tuple[str, str]:
        return question % {"order": found.number}, title

    def proposed(*, keep: bool) -> Proposal:
        return propose(carried, words, account=found.account, today=timezone.localdate(), keep=keep)

    def carry_out(_answers: dict[str, Any]) -> Done:
        proposal = proposed(keep=True)
        moved = proposal.preview.result
        said = _("%(name)s: %(status)s.") % {"name": moved.number, "status": moved.get_status_display()}
        return Done(said, shown=shown_of(proposal, currency=found.currency, today=timezone.localdate()))

    operation = Operation(
        page=Page(title=title, crumbs=(*crumbs_of(found), Crumb(title))),
        form=forms.Form,
        show=lambda _answers: shown_of(proposed(keep=False), currency=found.currency, today=timezone.localdate()),
        carry_out=carry_out,
        back=reverse("operator:order", args=[found.pk]),
        ask=_("Check again"),
        danger=danger,
    )
    return confirming(request, operation)


def page_of(actor: Actor, found: Order, active: str, payments: Any = ()) -> Page:
    """Return what stands around every page of one order."""
    return Page(
        title=_("Order %(number)s") % {"number": found.number},
        crumbs=(*crumbs_of(found)[:1], Crumb(found.number)),
        status=Status(found.status, found.get_status_display()),
        buttons=_buttons(actor, found, payments),
        tabs=tabs_of(actor, TABS, active, found.pk),
    )


lists = list_views(TABS, requires=requires, one=one, page_of=page_of)


def crumbs_of(found: Order) -> tuple[Crumb, ...]:
    """Return the way to an order, for the pages below it."""
    return (
        Crumb(_("Orders"), reverse("operator:orders")),
        Crumb(found.number, reverse("operator:order", args=[found.pk])),
    )


def _buttons(actor: Actor, found: Order, payments: Any) -> tuple[Button, ...]:
    steps = steps_of_order(found, timezone.localdate())
    asked = next((payment.pk for payment in payments if payment.status in WAITING), None)
    offered = (
        ("payment_approve", asked, _("Approve payment"), "payments.approve", asked is not None),
        ("order_correct", found.pk, _correcting(found), "orders.correct", steps["correct"] is None),
        ("subscription_retry", found.subscription_id, _("Try again"), "orders.retry", _is_of(found, steps["retry"])),
        ("order_pay", found.pk, _settling(found), "subscriptions.order", steps["pay"] is None),
        ("order_cancel", found.pk, _("Cancel the order"), "orders.cancel", steps["cancel"] is None),
        ("order_give_up", found.pk, _("Give up the order"), "orders.retry", steps["give_up"] is None),
    )
    able = [(label, reverse(f"operator:{name}", args=[pk])) for name, pk, label, right, can in offered
            if can and actor.may(right)]  # fmt: skip
    return offered_buttons(able)


def _correcting(found: Order) -> str:
    failed = found.status == OrderStatus.PROVISIONING_FAILED
    return _("Correct and try again") if failed else _("Correct the order")


def _is_of(found: Order, refusal: Refused | None) -> bool:
    """Return whether what can be tried again is this order's: a later step of its subscription has its own page."""
    return refusal is None and found.status == OrderStatus.PROVISIONING_FAILED
