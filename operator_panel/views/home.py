"""The operator panel's home: what waits for the reader first, then the figures."""

from collections.abc import Callable, Sequence
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
from billing.funds import UNPAID
from billing.models import PaymentStatus
from billing.queries import payments_visible_to
from core.panel.page import Page
from operator_panel.doors import requires
from subscriptions.models import OrderStatus, PlanStatus, StopReason, SubscriptionStatus
from subscriptions.queries import (
    FAILED,
    orders_visible_to,
    plans_visible_to,
    products_visible_to,
    subscriptions_visible_to,
)
from vendors.models import ConnectionState
from vendors.queries import connections_visible_to, operations_in_doubt

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
    """Show what waits and the role may do something about, and figures of what it works with."""
    actor = request.actor
    kinds = [kind for kind in WAITING if kind.concerns(actor)]
    context = {
        "page": Page(title=_("Home")),
        "looks_after": bool(kinds),
        "attention": _attention(kinds, actor),
        "figures": _figures(actor),
    }
    return render(request, "operator_panel/home.html", context)


@dataclass(frozen=True)
class Waiting:
    """What waits for a person: which rows, in which words, and the rights that do something about it."""

    rows: Callable[[Actor], QuerySet]
    words: Callable[[int], str]
    address: str
    rights: tuple[str, ...]

    def concerns(self, actor: Actor) -> bool:
        """Whether the actor may do something about it: nobody is shown what only others can mend."""
        return any(actor.may(right) for right in self.rights)


def _unpaid(actor: Actor) -> QuerySet:
    waiting = payments_visible_to(actor).filter(status__in=UNPAID)
    return waiting.filter(due_on__lt=timezone.localdate())


def _in_doubt(actor: Actor) -> QuerySet:
    awaiting = subscriptions_visible_to(actor).exclude(awaited_operation="")
    return awaiting.filter(awaited_operation__in=operations_in_doubt().values("key"))


WAITING = (
    Waiting(
        lambda actor: subscriptions_visible_to(actor).filter(status__in=FAILED),
        lambda count: ngettext("subscription failed at the vendor", "subscriptions failed at the vendor", count),
        "operator:subscriptions?quick=failing",
        ("orders.retry", "orders.correct", "subscriptions.delete"),
    ),
    Waiting(
        _in_doubt,
        lambda count: ngettext(
            "subscription is in doubt at its vendor: see what is known",
            "subscriptions are in doubt at their vendors: see what is known",
            count,
        ),
        "operator:subscriptions?quick=in_doubt",
        ("orders.retry",),
    ),
    Waiting(
        lambda actor: connections_visible_to(actor).exclude(state=ConnectionState.GRANTED),
        lambda count: ngettext(
            "vendor connection needs a grant or other settings",
            "vendor connections need a grant or other settings",
            count,
        ),
        "operator:vendor_connections?quick=attention",
        ("vendor_connections.change",),
    ),
    Waiting(
        lambda actor: orders_visible_to(actor).filter(status=OrderStatus.WAITING_FOR_PAYMENT),
        lambda count: ngettext("order waits for its payment", "orders wait for their payment", count),
        "operator:orders?quick=waiting",
        ("payments.approve", "orders.cancel"),
    ),
    Waiting(
        _unpaid,
        lambda count: ngettext("payment is overdue", "payments are overdue", count),
        "operator:payments?quick=overdue",
        ("payments.approve", "payments.cancel"),
    ),
    Waiting(
        lambda actor: payments_visible_to(actor).filter(status=PaymentStatus.PARKED),
        lambda count: ngettext("payment is set aside", "payments are set aside", count),
        "operator:payments?status=parked",
        ("payments.approve",),
    ),
    Waiting(
        lambda actor: subscriptions_visible_to(actor).filter(
            stop_reason=StopReason.FUNDS_SHORT, status=SubscriptionStatus.STOPPED
        ),
        lambda count: ngettext("subscription is stopped: funds short", "subscriptions are stopped: funds short", count),
        "operator:subscriptions?stop_reason=funds_short",
        ("payments.create", "subscriptions.activate"),
    ),
    Waiting(
        lambda actor: accounts_visible_to(actor).filter(status=AccountStatus.CREDIT_HOLD),
        lambda count: ngettext("account is on credit hold", "accounts are on credit hold", count),
        "operator:accounts?quick=credit_hold",
        ("payments.create", "payments.approve"),
    ),
)


def _attention(kinds: Sequence[Waiting], actor: Actor) -> list[Attention]:
    found = []
    for kind in kinds:
        count = _count(kind.rows(actor))
        page, _mark, query = kind.address.partition("?")
        if count:
            found.append(Attention(count, kind.words(count), f"{reverse(page)}?{query}"))
    return found


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
    if actor.may("plans.change"):
        sold = plans_visible_to(actor).filter(status=PlanStatus.ACTIVE)
        figures.append((_("Plans on sale"), _bounded(sold), reverse("operator:plans")))
    if actor.may("products.change"):
        figures.append((_("Products"), _bounded(products_visible_to(actor)), reverse("operator:products")))
    return figures


def _bounded(rows: QuerySet) -> str:
    count = rows.order_by()[: 10 * MOST + 1].count()
    return f"{10 * MOST}+" if count > 10 * MOST else str(count)


def _count(rows: QuerySet) -> int:
    return rows.order_by()[: MOST + 1].count()
