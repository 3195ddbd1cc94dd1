"""A customer's subscriptions: the list, one subscription, its charges, and what can be done with it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from billing.queries import charges_visible_to
from core.lists.views import show_list
from core.panel.page import Button, Crumb, Page, Status, Tab
from customer_panel.doors import requires
from customer_panel.lists.charges import CHARGES
from customer_panel.lists.subscriptions import SUBSCRIPTIONS
from customer_panel.lists.transactions import TRANSACTIONS
from subscriptions.models import Order, Subscription
from subscriptions.proposals import resources_by_key
from subscriptions.queries import FAILED, orders_visible_to, subscriptions_visible_to
from subscriptions.stopping import MAY_ACTIVATE, MAY_DELETE, MAY_STOP, RUNNING


def one(request: HttpRequest, pk: int) -> Subscription:
    """Return the subscription of the address. Raises Http404 for one that the actor does not see."""
    visible = subscriptions_visible_to(request.actor).select_related("account__account_class", "plan", "period")
    return get_object_or_404(visible, pk=pk)


@requires("subscriptions.view")
def subscriptions(request: HttpRequest) -> HttpResponse:
    """List the account's subscriptions."""
    buttons = ()
    if request.actor.may("subscriptions.order"):
        buttons = (Button(_("Order a subscription"), reverse("customer:order_plan"), primary=True),)
    return show_list(request, SUBSCRIPTIONS, page=Page(title=_("Subscriptions"), buttons=buttons))


@requires("subscriptions.view")
def subscription(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one subscription: what it has, what it costs next, how to get in."""
    found = one(request, pk)
    waiting = orders_visible_to(request.actor).filter(subscription=found).exclude(closed_on__isnull=False)
    context = {
        "page": page_of(request.actor, found, "subscription"),
        "subscription": found,
        "resources": resources_by_key(found).values(),
        "attributes": found.attributes.values(),
        "failed": found.status in FAILED,
        "open_order": _open_order(waiting),
        "secrets": found.secrets.exists() and request.actor.may("subscriptions.change"),
    }
    return render(request, "customer_panel/subscription.html", context)


@requires("charges.view")
def subscription_charges(request: HttpRequest, pk: int) -> HttpResponse:
    """List the subscription's charges; each leads to its explanation."""
    found = one(request, pk)
    page = page_of(request.actor, found, "subscription_charges")
    return show_list(request, CHARGES, page=page, narrow={"subscription_id": found.pk})


@requires("transactions.view")
def subscription_transactions(request: HttpRequest, pk: int) -> HttpResponse:
    """List the movements of the balance that the subscription's charges made."""
    found = one(request, pk)
    page = page_of(request.actor, found, "subscription_transactions")
    ids = charges_visible_to(request.actor).filter(subscription=found).values("pk")
    return show_list(request, TRANSACTIONS, page=page, narrow={"charge__in": ids})


def page_of(actor: Actor, found: Subscription, active: str) -> Page:
    """Return what stands around every page of one subscription."""
    tabs = [("subscription", _("General"), "subscriptions.view"), ("subscription_charges", _("Charges"), "charges.view")]
    tabs.append(("subscription_transactions", _("Transactions"), "transactions.view"))
    return Page(
        title=found.name,
        crumbs=(Crumb(_("Subscriptions"), reverse("customer:subscriptions")), Crumb(found.pk)),
        status=Status(found.status, found.get_status_display(), found.get_stop_reason_display()),
        buttons=buttons_of(actor, found),
        tabs=tuple(
            Tab(label, reverse(f"customer:{name}", args=[found.pk]), active=name == active)
            for name, label, right in tabs
            if actor.may(right)
        ),
    )


def buttons_of(actor: Actor, found: Subscription) -> tuple[Button, ...]:
    """Return what can be done now; what cannot be done is absent."""
    offered = (
        ("subscription_change", _("Change quantities"), "subscriptions.change", RUNNING),
        ("subscription_activate", _("Activate"), "subscriptions.activate", MAY_ACTIVATE),
        ("subscription_stop", _("Stop"), "subscriptions.stop", MAY_STOP),
        ("subscription_delete", _("Delete"), "subscriptions.delete", MAY_DELETE),
    )
    able = [offer for offer in offered if actor.may(offer[2]) and found.status in offer[3]]
    return tuple(
        Button(label, reverse(f"customer:{name}", args=[found.pk]), primary=position == 0)
        for position, (name, label, _right, _statuses) in enumerate(able)
    )


def _open_order(orders: object) -> Order | None:
    return orders.order_by("-pk").first()
