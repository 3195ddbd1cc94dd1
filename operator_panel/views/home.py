"""The operator panel's home: what needs attention first, then the figures."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actors import Actor
from accounts.models import AccountStatus
from accounts.queries import accounts_visible_to
from billing.models import PaymentStatus
from billing.queries import payments_visible_to
from core.panel.page import Page
from operator_panel.doors import requires
from subscriptions.models import OrderStatus, StopReason, SubscriptionStatus
from subscriptions.queries import FAILED, orders_visible_to, subscriptions_visible_to
from vendors.models import ConnectionState
from vendors.queries import connections_visible_to

# Counting stops here: "100+" needs attention just as 250 does, and costs the same on a million rows.
MOST = 100


@dataclass(frozen=True)
class Attention:
    """Something that waits for a person: how many, what, and the list of them."""

    count: int
    label: str
    url: str

    @property
    def number(self) -> str:
        """The count as it is shown."""
        return f"{MOST}+" if self.count > MOST else str(self.count)


@requires("")
def home(request: HttpRequest) -> HttpResponse:
    """Show what needs attention, and figures of what the actor sees."""
    actor = request.actor
    attention = [one for one in _attention(actor) if one.count]
    context = {"page": Page(title=_("Home")), "attention": attention, "figures": _figures(actor)}
    return render(request, "operator_panel/home.html", context)


def _attention(actor: Actor) -> list[Attention]:
    return [*_services(actor), *_money(actor)]


def _services(actor: Actor) -> list[Attention]:
    failed = _count(subscriptions_visible_to(actor).filter(status__in=FAILED))
    ungranted = _count(connections_visible_to(actor).exclude(state=ConnectionState.GRANTED))
    return [
        Attention(
            failed,
            ngettext("subscription failed at the vendor", "subscriptions failed at the vendor", failed),
            f"{reverse('operator:subscriptions')}?quick=failing",
        ),
        Attention(
            ungranted,
            ngettext(
                "vendor connection needs a grant or other settings",
                "vendor connections need a grant or other settings",
                ungranted,
            ),
            f"{reverse('operator:vendor_connections')}?quick=attention",
        ),
    ]


def _money(actor: Actor) -> list[Attention]:
    today, unpaid = timezone.localdate(), PaymentStatus.WAITING_FOR_PAYMENT
    short = subscriptions_visible_to(actor).filter(stop_reason=StopReason.FUNDS_SHORT)
    waiting = _count(orders_visible_to(actor).filter(status=OrderStatus.WAITING_FOR_PAYMENT))
    late = _count(payments_visible_to(actor).filter(status=unpaid, due_on__lt=today))
    stopped = _count(short.filter(status=SubscriptionStatus.STOPPED))
    held = _count(accounts_visible_to(actor).filter(status=AccountStatus.CREDIT_HOLD))
    return [
        Attention(
            waiting,
            ngettext("order waits for its payment", "orders wait for their payment", waiting),
            f"{reverse('operator:orders')}?quick=waiting",
        ),
        Attention(
            late,
            ngettext("payment is overdue", "payments are overdue", late),
            f"{reverse('operator:payments')}?quick=overdue",
        ),
        Attention(
            stopped,
            ngettext("subscription is stopped: funds short", "subscriptions are stopped: funds short", stopped),
            f"{reverse('operator:subscriptions')}?stop_reason=funds_short",
        ),
        Attention(
            held,
            ngettext("account is on credit hold", "accounts are on credit hold", held),
            f"{reverse('operator:accounts')}?quick=credit_hold",
        ),
    ]


def _figures(actor: Actor) -> list[tuple[str, str, str]]:
    """Return label, number and address of what the role sees at all."""
    figures = []
    if actor.may("accounts.view"):
        active = accounts_visible_to(actor).filter(status=AccountStatus.ACTIVE)
        figures.append((_("Active accounts"), _bounded(active), reverse("operator:accounts")))
    if actor.may("subscriptions.view"):
        running = subscriptions_visible_to(actor).filter(status=SubscriptionStatus.ACTIVE)
        figures.append((_("Active subscriptions"), _bounded(running), reverse("operator:subscriptions")))
    if actor.may("orders.view"):
        new = orders_visible_to(actor).filter(placed_on=timezone.localdate())
        figures.append((_("Orders today"), _bounded(new), reverse("operator:orders")))
    return figures


def _bounded(rows: QuerySet) -> str:
    count = rows.order_by()[: 10 * MOST + 1].count()
    return f"{10 * MOST}+" if count > 10 * MOST else str(count)


def _count(rows: QuerySet) -> int:
    return rows.order_by()[: MOST + 1].count()
