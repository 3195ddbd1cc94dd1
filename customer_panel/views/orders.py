"""An order after it was placed: what it waits for, and the ways to pay it."""

from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.funds import funds_of
from billing.models import PaymentStatus
from billing.queries import charges_visible_to, payments_visible_to
from core.errors import Refused
from core.panel.confirming import Done, Operation, Shown, carry_mark, confirming
from core.panel.correcting import Correcting, correcting
from core.panel.formats import money_text
from core.panel.page import Crumb, Page, Status
from core.panel.posted import posted
from core.panel.remedies import with_ways
from customer_panel.doors import requires
from customer_panel.forms.ordering import CorrectionForm
from customer_panel.progress import show_progress
from customer_panel.views.account import needed_page
from customer_panel.views.payments import card_currency
from subscriptions.contract.handover import waiting_operation
from subscriptions.contract.terms import WHOLE_BEHIND
from subscriptions.models import Order, OrderStatus
from subscriptions.people.failures import correct_order, correction_of
from subscriptions.people.ordering import cancel_order
from subscriptions.people.paying import pay_order_from_balance
from subscriptions.queries import orders_visible_to
from subscriptions.told.offered import steps_of_order
from subscriptions.told.preview import Preview
from subscriptions.told.proposals import propose
from subscriptions.told.showing import shown_of
from vendors.forms import ANSWER, values_of
from vendors.models import Waited


def one(request: HttpRequest, pk: int) -> Order:
    """Return the order of the address. Raises Http404 for one that the actor does not see."""
    related = ("account__account_class", "account__reseller", *WHOLE_BEHIND)
    return get_object_or_404(orders_visible_to(request.actor).select_related(*related), pk=pk)


@requires("orders.view")
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one order: its units, its charges, its payment, and what to do next."""
    found = one(request, pk)
    steps = steps_of_order(found, timezone.localdate())
    waiting = steps["cancel"] is None
    may_correct = steps["correct"] is None and request.actor.may("orders.correct")
    payment = payments_visible_to(request.actor).filter(order=found, status=PaymentStatus.WAITING_FOR_PAYMENT).first()
    available = funds_of(found.account).available
    due = payment.amount if payment else found.total
    operation = waiting_operation(found.subscription) if found.status == OrderStatus.PROVISIONING else None
    waits = operation.waits_for if operation is not None else None
    context = {
        "page": _page(found),
        "waits": waits,
        "my_turn": waits is not None and waits.who == Waited.CUSTOMER,
        "order": found,
        "items": found.items.select_related("subscription_resource").order_by("pk"),
        "charges": charges_visible_to(request.actor).filter(order=found).order_by("pk"),
        "payment": payment,
        "available": available,
        "enough": available >= due,
        "missing": due - available,
        "may_cancel": waiting and request.actor.may("orders.cancel"),
        "may_correct": may_correct and waits is None,
        "correct_url": reverse("customer:order_correct", args=[pk]) if may_correct and waits is not None else "",
        "may_pay": waiting and request.actor.may("payments.create"),
        "demo_bank": settings.DEMO,
        "card_currency": card_currency(request),
        "seller": found.account.reseller,
    }
    context["confirms"] = context["may_pay"] and found.subscription.postpay
    if context["confirms"] or (context["may_pay"] and payment and context["enough"]):
        context |= _paying(request, found)
    busy = found.status == OrderStatus.PROVISIONING and waits is None and not found.is_pending
    return show_progress(request, "customer_panel/order.html", context, busy=busy)


@requires("payments.create")
def order_pay_from_balance(request: HttpRequest, pk: int) -> HttpResponse:
    """Pay the order from the available funds; where it costs something else than was shown, show that first."""
    return confirming(request, _payment_of(request, one(request, pk)))


def _paying(request: HttpRequest, found: Order) -> dict[str, object]:
    """Return what the button says that pays at once, and the mark of what it would do; or why it cannot be done."""
    try:
        shown = _payment_of(request, found).show({})
    except Refused as refusal:
        return {"enough": False, "pay_refused": with_ways(request, refusal)}
    return {"pay": shown, "pay_form": carry_mark(forms.Form(), shown)}


def _payment_of(request: HttpRequest, found: Order) -> Operation:
    today = timezone.localdate()
    verb = partial(pay_order_from_balance, actor=request.actor, order=found, today=today)

    def words(seen: Preview) -> tuple[str, str]:
        if seen.owing is not None:
            return _("Confirm the order %(order)s?") % {"order": found.number}, _("Confirm the order")
        question = _("Pay the order %(order)s from the balance?") % {"order": found.number}
        amount = money_text(seen.reserved + seen.tax_taken, found.currency)
        return question, _("Pay %(amount)s from the balance") % {"amount": amount}

    said = _("The order is confirmed.") if found.subscription.postpay else _("Paid from the balance.")

    def proposed(*, keep: bool) -> Shown:
        proposal = propose(verb, words, account=found.account, today=today, keep=keep)
        return shown_of(proposal, currency=found.currency, today=today)

    return Operation(
        page=_page(found),
        form=forms.Form,
        show=lambda _answers: proposed(keep=False),
        carry_out=lambda _answers: Done(said, shown=proposed(keep=True)),
        back=reverse("customer:subscription_order", args=[found.pk]),
        ask=_("Check again"),
    )


@requires("orders.cancel")
@posted(lambda _request, pk: redirect("customer:subscription_order", pk=pk))
def order_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel an order that nobody has paid."""
    found = one(request, pk)
    try:
        cancel_order(actor=request.actor, order=found, today=timezone.localdate())
        messages.success(request, _("The order is cancelled."))
    except Refused as refusal:
        messages.error(request, with_ways(request, refusal))
    return redirect("customer:subscription_order", pk=pk)


@requires("orders.correct")
def order_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the vendor refused of an order at its field; keep other answers and ask the vendor again."""
    found = one(request, pk)
    return correcting(
        request,
        Correcting(
            page=_page(found, _("Correct the order")),
            find=partial(correction_of, found),
            form=lambda answers: partial(CorrectionForm, answers=answers),
            prefix=ANSWER,
            keep=lambda answers: correct_order(
                actor=request.actor,
                order=found,
                answers=values_of(answers, ""),
                today=timezone.localdate(),
                now=timezone.now(),
            ),
            complete=partial(needed_page, request),
            back=reverse("customer:subscription_order", args=[pk]),
            **_words_of_correcting(found),
        ),
    )


def _words_of_correcting(found: Order) -> dict[str, Any]:
    """Return what the form says: of an order that the vendor refused, or of one that waits there."""
    if found.status == OrderStatus.PROVISIONING_FAILED:
        return {
            "said": _("The order is being carried out again."),
            "note": _("The vendor refused the order. Nothing is lost: correct what is marked, and it is tried again."),
        }
    return {
        "said": _("The vendor has the corrected order."),
        "note": _("The order waits at the vendor. What you correct here is told to the vendor at once."),
        "submit": _("Tell the vendor"),
    }


def _page(found: Order, title: str = "") -> Page:
    return Page(
        title=title or _("Order %(number)s") % {"number": found.number},
        crumbs=(
            Crumb(_("Subscriptions"), reverse("customer:subscriptions")),
            Crumb(found.subscription.name, reverse("customer:subscription", args=[found.subscription_id])),
            Crumb(found.number),
        ),
        status=Status(found.status, found.get_status_display()),
    )
