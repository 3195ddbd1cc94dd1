"""Payments: those that are awaited, those that are done with, and topping the balance up."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import SYSTEM
from billing.funds import UNPAID
from billing.gateways.paying import begin_card_payment, gateway_of, page_of
from billing.models import GatewayState, Payment, PaymentMethod
from billing.payments import cancel_payment, complete_payment, open_top_up
from billing.queries import payments_visible_to
from core.errors import Refused
from core.lists.views import show_list
from core.panel.confirming import put_refusal
from core.panel.once import once
from core.panel.page import Button, Crumb, Page
from core.panel.posted import posted
from core.panel.remedies import suggested_amount, with_ways
from customer_panel.doors import requires
from customer_panel.forms.payments import TopUpForm
from customer_panel.lists.payments import PAYMENTS


def one(request: HttpRequest, pk: int) -> Payment:
    """Return the payment of the address. Raises Http404 for one that the actor does not see."""
    return get_object_or_404(payments_visible_to(request.actor).select_related("order"), pk=pk)


@requires("payments.view")
def payments(request: HttpRequest) -> HttpResponse:
    """Show every awaited payment with what can be done about it, and list the others."""
    waiting = payments_visible_to(request.actor).filter(status__in=UNPAID)
    buttons = ()
    if request.actor.may("payments.create"):
        buttons = (Button(_("Top up"), reverse("customer:payment_top_up"), primary=True),)
    context = {
        "waiting": waiting.select_related("order__subscription").order_by("-pk"),
        "may_cancel": request.actor.may("payments.cancel"),
        "demo_bank": settings.DEMO and request.actor.may("payments.create"),
        "card_currency": card_currency(request),
        "seller": request.actor.account.reseller,
    }
    page = Page(title=_("Payments"), buttons=buttons)
    return show_list(request, PAYMENTS, page=page, template="customer_panel/payments.html", context=context)


@requires("payments.create")
def payment_top_up(request: HttpRequest) -> HttpResponse:
    """Ask for an amount and open the payment for it."""
    form = TopUpForm(request.POST or None, initial={"amount": suggested_amount(request)})
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(once(request, lambda: _open(request, form)))
        except Refused as refusal:
            put_refusal(form, refusal)
    title = _("Top up")
    context = {
        "page": Page(title=title, crumbs=(Crumb(_("Payments"), reverse("customer:payments")), Crumb(title))),
        "form": form,
        "submit": _("Top up"),
        "cancel": reverse("customer:payments"),
        "seller": request.actor.account.reseller,
    }
    return render(request, "customer_panel/top_up.html", context, status=422 if form.errors else 200)


@requires("payments.cancel")
@posted(lambda *_args, **_kwargs: redirect("customer:payments"))
def payment_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a waiting top-up."""
    found = one(request, pk)
    try:
        cancel_payment(actor=request.actor, payment=found, today=timezone.localdate())
        messages.success(request, _("The payment %(number)s is cancelled.") % {"number": found.number})
    except Refused as refusal:
        messages.error(request, with_ways(request, refusal))
    return redirect("customer:payments")


@requires("payments.create")
@posted(lambda *_args, **_kwargs: redirect("customer:payments"))
def payment_demo_bank(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the demo's bank pay at once, as a gateway's callback would; without the demo there is no such address."""
    if not settings.DEMO:
        raise Http404
    payment = one(request, pk)
    try:
        complete_payment(actor=SYSTEM, payment=payment, today=timezone.localdate(), method=PaymentMethod.CARD)
        messages.success(request, _("The demo bank has paid %(number)s.") % {"number": payment.number})
    except Refused as refusal:
        messages.error(request, with_ways(request, refusal))
    if payment.order_id:
        return redirect("customer:subscription_order", pk=payment.order_id)
    return redirect("customer:payments")


@requires("payments.create")
@posted(lambda *_args, **_kwargs: redirect("customer:payments"))
def payment_card(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin to pay by card: by a page of its own, as a form's answer may not lead to another site (form-action)."""
    found = one(request, pk)
    try:
        begin_card_payment(actor=request.actor, payment=found)
    except Refused as refusal:
        messages.error(request, with_ways(request, refusal))
        return redirect("customer:payments")
    return redirect("customer:payment_card_leave", pk=found.pk)


@requires("payments.create")
def payment_card_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead the browser to the gateway's page, for the newest payment that was begun there."""
    found = one(request, pk)
    rows = found.gateway_payments.filter(state=GatewayState.BEGUN).select_related("gateway", "payment")
    begun = rows.order_by("-pk").first()
    if begun is None or found.status not in UNPAID:
        return redirect("customer:payments")
    url = page_of(begun)
    page = Page(
        title=_("Pay by card"), crumbs=(Crumb(_("Payments"), reverse("customer:payments")), Crumb(found.number))
    )
    answer = render(request, "customer_panel/card_leave.html", {"page": page, "payment": found, "url": url})
    answer.headers["Refresh"] = f"0; url={url}"
    return answer


def card_currency(request: HttpRequest) -> str:
    """Return the currency of which the seller takes cards from who is asking; nothing where it takes none."""
    if not request.actor.may("payments.create"):
        return ""
    gateway = gateway_of(request.actor.account)
    return gateway.currency if gateway is not None else ""


def _open(request: HttpRequest, form: TopUpForm) -> str:
    payment = open_top_up(
        actor=request.actor,
        account=request.actor.account,
        amount=form.cleaned_data["amount"],
        today=timezone.localdate(),
        comment=form.cleaned_data["comment"],
    )
    said = _("Transfer the money and name the payment number %(number)s. The balance grows when it has come.")
    messages.success(request, said % {"number": payment.number})
    return reverse("customer:payments")
