"""An order after it was placed: what it waits for, and the ways to pay it."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing.funds import funds_of
from billing.models import PaymentStatus
from billing.queries import charges_visible_to, payments_visible_to
from core.errors import Refused
from core.panel.page import Crumb, Page, Status
from customer_panel.doors import requires
from customer_panel.progress import show_progress
from subscriptions.models import Order, OrderStatus
from subscriptions.ordering import cancel_order
from subscriptions.paying import pay_order_from_balance
from subscriptions.queries import orders_visible_to


def one(request: HttpRequest, pk: int) -> Order:
    """Return the order of the address. Raises Http404 for one that the actor does not see."""
    visible = orders_visible_to(request.actor).select_related("subscription", "account__account_class")
    return get_object_or_404(visible, pk=pk)


@requires("orders.view")
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one order: its units, its charges, its payment, and what to do next."""
    found = one(request, pk)
    waiting = found.status == OrderStatus.WAITING_FOR_PAYMENT
    payment = payments_visible_to(request.actor).filter(order=found, status=PaymentStatus.WAITING_FOR_PAYMENT).first()
    available = funds_of(found.account).available
    due = payment.amount if payment else found.total
    context = {
        "page": _page(found),
        "order": found,
        "items": found.items.select_related("subscription_resource").order_by("pk"),
        "charges": charges_visible_to(request.actor).filter(order=found).order_by("pk"),
        "payment": payment,
        "available": available,
        "enough": available >= due,
        "missing": due - available,
        "may_cancel": waiting and request.actor.may("orders.cancel"),
        "may_pay": waiting and request.actor.may("payments.create"),
        "demo_bank": settings.DEMO,
    }
    busy = found.status == OrderStatus.PROVISIONING
    return show_progress(request, "customer_panel/order.html", context, busy=busy)


@require_POST
@requires("payments.create")
def order_pay_from_balance(request: HttpRequest, pk: int) -> HttpResponse:
    """Pay the order from the available funds."""
    found = one(request, pk)
    try:
        pay_order_from_balance(actor=request.actor, order=found, today=timezone.localdate())
        messages.success(request, _("Paid from the balance."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("customer:subscription_order", pk=pk)


@require_POST
@requires("orders.cancel")
def order_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel an order that nobody has paid."""
    found = one(request, pk)
    try:
        cancel_order(actor=request.actor, order=found, today=timezone.localdate())
        messages.success(request, _("The order is cancelled."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("customer:subscription_order", pk=pk)


def _page(found: Order) -> Page:
    return Page(
        title=_("Order %(number)s") % {"number": found.number},
        crumbs=(
            Crumb(_("Subscriptions"), reverse("customer:subscriptions")),
            Crumb(found.subscription.name, reverse("customer:subscription", args=[found.subscription_id])),
            Crumb(found.number),
        ),
        status=Status(found.status, found.get_status_display()),
    )
