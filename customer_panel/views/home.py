"""The customer's first page: the balance, what is needed when, the services, and the one next step."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import AccountStatus
from accounts.sign_in import home_of
from billing.funds import UNPAID, Funds, funds_of
from billing.models import Payment, PaymentKind, PaymentStatus
from billing.queries import payments_visible_to
from core.errors import allowed
from core.panel.formats import day_text, money_text
from core.panel.page import Page
from customer_panel.doors import requires
from customer_panel.holds import hold_of
from customer_panel.services import Service, service_of
from notifications.pages import show_messages
from notifications.queries import notifications_visible_to
from subscriptions.models import SubscriptionStatus
from subscriptions.night.required import required_funds
from subscriptions.people.ordering import may_order
from subscriptions.queries import subscriptions_visible_to

SERVICES_SHOWN = 12
MESSAGES_SHOWN = 5


@dataclass(frozen=True)
class Needed:
    """What the next billing day needs, and how much of it is missing; nothing is needed without a `day`."""

    day: date | None = None
    amount: Decimal = Decimal(0)
    missing: Decimal = Decimal(0)


@dataclass(frozen=True)
class NextStep:
    """The one thing to do next: what stands there, why, and where the button leads."""

    title: str
    text: str
    label: str
    url: str
    urgent: bool = False


def home(request: HttpRequest) -> HttpResponse:
    """Show the customer's home; a manager who comes to the root address is sent to the own panel."""
    if request.actor is not None and request.actor.is_manager:
        return redirect(home_of(request.user))
    return _home(request)


@requires("")
def _home(request: HttpRequest) -> HttpResponse:
    actor = request.actor
    services, more = _services(actor)
    funds = funds_of(actor.account) if actor.may("payments.view") else None
    needed = _needed(actor, funds) if funds else Needed()
    waiting = list(_waiting(actor)[:1])
    context = {
        "page": Page(title=actor.account.name),
        "money": funds,
        "needed": needed,
        "step": _next_step(actor, waiting, needed, has_services=bool(services)),
        "services": services,
        "more_services": more,
        "news": notifications_visible_to(actor).order_by("-id")[:MESSAGES_SHOWN],
        "empty": _nothing_told(),
        "may_order": actor.may("subscriptions.order") and allowed(may_order, actor.account),
        **hold_of(actor, today=timezone.localdate()),
    }
    return render(request, "customer_panel/home.html", context)


home.right, home.door = _home.right, _home.door  # what tests compare with the table of rights


@requires("")
def messages_page(request: HttpRequest) -> HttpResponse:
    """Show every message of the person, the newest first."""
    return show_messages(request, home=reverse("customer:home"), empty=_nothing_told(), now=timezone.now())


def _nothing_told() -> str:
    return _("What you ask for, and what happens to your services and money, is told here.")


def _services(actor: Actor) -> tuple[list[Service], bool]:
    """Return the services to show, and whether there are more of them in the list."""
    living = subscriptions_visible_to(actor).exclude(status=SubscriptionStatus.DELETED).defer("search_vector")
    rows = list(living.select_related("plan__template__connection").order_by("-pk")[: SERVICES_SHOWN + 1])
    return [service_of(row) for row in rows[:SERVICES_SHOWN]], len(rows) > SERVICES_SHOWN


def _needed(actor: Actor, funds: Funds) -> Needed:
    if actor.account.is_postpay:
        return Needed()  # a billing day takes nothing in advance: it is invoiced
    active = subscriptions_visible_to(actor).filter(status=SubscriptionStatus.ACTIVE)
    day = active.aggregate(day=Min("next_billing_day"))["day"]
    if day is None:
        return Needed()
    amount = required_funds(actor.account, day=day)
    return Needed(day, amount, max(amount - funds.available, Decimal(0)))


def _waiting(actor: Actor) -> list[Payment]:
    payments = payments_visible_to(actor).filter(status__in=UNPAID)
    return payments.select_related("order").order_by("pk")


def _next_step(actor: Actor, waiting: list[Payment], needed: Needed, *, has_services: bool) -> NextStep | None:
    currency = actor.account.currency
    may_pay = actor.may("payments.create")
    if waiting and may_pay:
        return _pay(waiting[0])
    # An account on credit hold is told above what is to be paid, and where.
    if needed.missing and may_pay and actor.account.status == AccountStatus.ACTIVE:
        return NextStep(
            title=_("Top up %(amount)s before %(day)s")
            % {"amount": money_text(needed.missing, currency), "day": day_text(needed.day)},
            text=_("Without it, services are stopped on that day."),
            label=_("Top up"),
            url=f"{reverse('customer:payment_top_up')}?amount={needed.missing.normalize():f}",
            urgent=True,
        )
    if not has_services and actor.may("subscriptions.order") and allowed(may_order, actor.account):
        return NextStep(
            title=_("Order your first service"),
            text=_("Choose a plan, say how much of it, and see what it costs before anything is paid."),
            label=_("Order a subscription"),
            url=reverse("customer:order_plan"),
        )
    return None


def _pay(payment: Payment) -> NextStep:
    amount = money_text(payment.amount, payment.currency)
    if payment.kind == PaymentKind.RENDERED_SERVICES:
        overdue = payment.status == PaymentStatus.EXPIRED
        due = _("It is due on %(day)s.") % {"day": day_text(payment.due_on)}
        return NextStep(
            title=_("Pay %(amount)s for rendered services: %(number)s") % {"number": payment.number, "amount": amount},
            text=_("It is overdue: what is not paid for is blocked until it is.") if overdue else due,
            label=_("To the payment"),
            url=reverse("customer:payments"),
            urgent=overdue,
        )
    if payment.order is None:
        return NextStep(
            title=_("The payment %(number)s of %(amount)s is awaited") % {"number": payment.number, "amount": amount},
            text=_("The balance grows as soon as the money has come."),
            label=_("To the payment"),
            url=reverse("customer:payments"),
        )
    return NextStep(
        title=_("Pay the order %(number)s: %(amount)s") % {"number": payment.order.number, "amount": amount},
        text=_("It is carried out as soon as it is paid."),
        label=_("To the payment"),
        url=reverse("customer:subscription_order", args=[payment.order_id]),
    )
