"""A customer's subscriptions: the list, one subscription, its charges, and what can be done with it."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from billing.models import ChargeStatus
from billing.queries import charges_visible_to
from core.errors import allowed
from core.history import author_of
from core.lists.tabs import ListTab, list_views, offered_of
from core.lists.views import show_list
from core.panel.page import Button, Crumb, Hint, Page, Status, Tab, offered_buttons
from core.panel.remedies import hints_of
from customer_panel.doors import requires
from customer_panel.lists.charges import CHARGES
from customer_panel.lists.subscriptions import SUBSCRIPTIONS
from customer_panel.lists.transactions import TRANSACTIONS
from customer_panel.progress import show_progress
from customer_panel.remedies import way_to
from customer_panel.services import service_of
from subscriptions.contract.ends import has_terms
from subscriptions.contract.handover import waiting_operation
from subscriptions.contract.terms import WHOLE
from subscriptions.models import Order, Subscription, SubscriptionResource, SubscriptionStatus
from subscriptions.night.holds import RUNNING
from subscriptions.people.acting import act, actions_of
from subscriptions.people.failures import may_correct
from subscriptions.people.ordering import may_order
from subscriptions.people.revealing import lasting
from subscriptions.people.supported import unsupported
from subscriptions.people.turns import may_set_turns
from subscriptions.queries import FAILED, open_orders_of, secrets_visible_to, subscriptions_visible_to
from subscriptions.told.offered import Steps, looked_for_in_vain, steps_of_subscription
from subscriptions.told.owing import owing_of
from subscriptions.told.proposals import resources_by_key
from subscriptions.told.upkeep import Upkeep, upkeep_of
from vendors.acted import answered
from vendors.models import Waited

TRANSITIONAL = {
    SubscriptionStatus.INSTALLING,
    SubscriptionStatus.UPDATING,
    SubscriptionStatus.ACTIVATING,
    SubscriptionStatus.STOPPING,
    SubscriptionStatus.DELETING,
}

TABS = (
    ("subscription", gettext_lazy("General"), "subscriptions.view"),
    ("subscription_commitment", gettext_lazy("Commitment"), "subscriptions.view"),
    ListTab("subscription_charges", CHARGES, by="subscription_id"),
    ListTab("subscription_transactions", TRANSACTIONS, by="charge__subscription_id"),
)


def one(request: HttpRequest, pk: int) -> Subscription:
    """Return the subscription of the address. Raises Http404 for one that the actor does not see."""
    visible = subscriptions_visible_to(request.actor).select_related(*WHOLE)
    return get_object_or_404(visible.defer("search_vector"), pk=pk)


@requires("subscriptions.view")
def subscriptions(request: HttpRequest) -> HttpResponse:
    """List the account's subscriptions."""
    actor, buttons = request.actor, []
    if actor.may("subscriptions.order") and allowed(may_order, actor.account):
        buttons.append(Button(_("Order a subscription"), reverse("customer:order_plan"), primary=True))
    if actor.may("subscriptions.change") and allowed(may_set_turns, actor.account):
        buttons.append(Button(_("Who goes first"), reverse("customer:subscription_priorities")))
    return show_list(request, SUBSCRIPTIONS, page=Page(title=_("Subscriptions"), buttons=tuple(buttons)))


@requires("subscriptions.view")
def subscription(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one subscription: what it has, what it costs next, how to get in."""
    actor, found = request.actor, one(request, pk)
    open_order, arranged_order = open_orders_of(actor, found)
    resources = list(resources_by_key(found).values())
    upkeep = upkeep_of(found, timezone.localdate()) if actor.may("charges.view") else None
    operation = waiting_operation(found)
    waits = operation.waits_for if operation is not None else None
    context = {
        "page": page_of(actor, found, "subscription"),
        "waits": waits,
        "correct_url": _correct_url(actor, found, open_order) if waits is not None else "",
        "actions": actions_of(found) if actor.may("subscriptions.change") else (),
        "act_url": reverse("customer:subscription_act", args=[found.pk]),
        "my_turn": waits is not None and waits.who == Waited.CUSTOMER,
        "unsupported": unsupported(found).values() if found.status in RUNNING else (),
        "service": service_of(found),
        "resources": [_priced(resource, upkeep) for resource in resources],
        "any_included": any(resource.included for resource in resources),
        "failed": found.status in FAILED,
        "may_correct": found.status == SubscriptionStatus.INSTALLATION_FAILED and actor.may("orders.correct"),
        "open_order": open_order,
        "arranged_order": arranged_order,
        "upkeep": upkeep,
        "owes": owing_of(found, timezone.localdate()) if actor.may("charges.view") else None,
        "comment": found.stop_comment,
        "author": author_of(found, "stop_comment") if found.stop_comment else "",
        "reserved": _reserved(actor, found),
        "secrets": _secrets_wait(actor, found),
        "sees_money": actor.may("charges.view"),
    }
    pending = open_order is not None and open_order.is_pending
    busy = found.status in TRANSITIONAL and waits is None and not pending
    return show_progress(request, "customer_panel/subscription.html", context, busy=busy)


def _correct_url(actor: Actor, found: Subscription, order: Order | None) -> str:
    """Return where the order that waits at its vendor is corrected; "" where it cannot be."""
    if order is None or not actor.may("orders.correct"):
        return ""
    order.subscription = found
    return reverse("customer:order_correct", args=[order.pk]) if allowed(may_correct, order) else ""


@requires("subscriptions.change")
def subscription_act(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Do at the vendor what a button of the subscription's page says."""
    found = one(request, pk)
    name = request.POST.get("action", "")
    return answered(
        request,
        lambda: act(actor=request.actor, subscription=found, name=name, now=timezone.now()),
        back=reverse("customer:subscription", args=[found.pk]),
    )


@dataclass(frozen=True)
class Priced:
    """A resource of a subscription, with its prices a unit and month, and what its units cost each month."""

    resource: SubscriptionResource
    prices: tuple[Decimal, ...] = ()
    monthly: Decimal | None = None


def _priced(resource: SubscriptionResource, upkeep: Upkeep | None) -> Priced:
    prices = upkeep.price_of(resource.name) if upkeep else ()
    return Priced(resource, prices, upkeep.amount_of(resource.name) if upkeep and prices else None)


def page_of(actor: Actor, found: Subscription, active: str) -> Page:
    """Return what stands around every page of one subscription."""
    steps = steps_of_subscription(actor, found, timezone.localdate(), timezone.now())
    return Page(
        title=found.name,
        crumbs=(Crumb(_("Subscriptions"), reverse("customer:subscriptions")), Crumb(found.pk)),
        status=Status(found.status, found.get_status_display(), found.get_stop_reason_display()),
        buttons=buttons_of(actor, found, steps),
        hints=_hints(actor, found, steps),
        tabs=tuple(
            Tab(label, reverse(f"customer:{name}", args=[found.pk]), active=name == active)
            for name, label, right in offered_of(TABS)
            if actor.may(right) and (name != "subscription_commitment" or has_terms(found))
        ),
    )


lists = list_views(TABS, requires=requires, one=one, page_of=page_of)


def buttons_of(actor: Actor, found: Subscription, steps: Steps) -> tuple[Button, ...]:
    """Return what would be carried out now; what would be refused is absent."""
    offered = (
        ("subscription_change", _("Change quantities"), "subscriptions.change", steps["change"]),
        ("subscription_renew", _("Renew"), "subscriptions.order", steps["renew"]),
        ("subscription_auto_renew", _("Automatic renewal"), "subscriptions.change", steps["auto_renew"]),
        ("subscription_switch", _("Switch the plan"), "subscriptions.change", steps["switch"]),
        ("subscription_activate", _("Activate"), "subscriptions.activate", steps["activate"]),
        ("subscription_stop", _("Stop"), "subscriptions.stop", steps["stop"]),
        ("subscription_end", _("End of the term"), "subscriptions.change", steps["choose_end"]),
        ("subscription_delete", _("Delete"), "subscriptions.delete", steps["delete"]),
    )
    able = [offer for offer in offered if actor.may(offer[2]) and offer[3] is None]
    return offered_buttons(
        (label, reverse(f"customer:{name}", args=[found.pk])) for name, label, _right, _refusal in able
    )


def _hints(actor: Actor, found: Subscription, steps: Steps) -> tuple[Hint, ...]:
    """Return why the step that is looked for cannot be taken now, and the way to where that is put right."""
    return hints_of(actor, looked_for_in_vain(actor, found, steps), way_to)


def _secrets_wait(actor: Actor, found: Subscription) -> str:
    """Return whether the vendor told something that this person may still see: "once", "lasting", or "" for nothing."""
    if actor.impersonator is not None or not actor.may("subscriptions.change"):
        return ""
    keys = set(secrets_visible_to(actor).filter(subscription=found).values_list("key", flat=True))
    return "once" if keys - lasting(found) else "lasting" if keys else ""


def _reserved(actor: Actor, found: Subscription) -> Decimal:
    """Return what is blocked of the balance for this subscription, in its currency."""
    blocked = charges_visible_to(actor).filter(subscription=found, status=ChargeStatus.BLOCKED)
    return blocked.aggregate(total=Sum("amount"))["total"] or Decimal(0)
