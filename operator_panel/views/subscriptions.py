"""A subscription: its facts, what hangs on it, and what can be done with it."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from billing.engine.types import is_by_use
from core.errors import Refused, allowed
from core.history import author_of
from core.lists.tabs import ListTab, list_views, offered_of
from core.panel.page import Crumb, Page, Status
from core.panel.remedies import hints_of
from operator_panel.around import able, log_page, tabs_of
from operator_panel.doors import requires
from operator_panel.lists.charges import CHARGES
from operator_panel.lists.orders import ORDERS
from operator_panel.lists.transactions import TRANSACTIONS
from operator_panel.remedies import way_to
from subscriptions.contract.ends import has_terms
from subscriptions.contract.handover import operation_in_doubt, service_as_held, waiting_operation
from subscriptions.contract.vendor_costs import term_costs
from subscriptions.models import Order, Subscription
from subscriptions.night.holds import RUNNING
from subscriptions.people.acting import act, actions_of
from subscriptions.people.failures import may_correct
from subscriptions.people.limits import may_limit
from subscriptions.people.supported import unsupported
from subscriptions.queries import FAILED, open_orders_of, operations_for, prices_visible_to, subscriptions_visible_to
from subscriptions.told.offered import looked_for_in_vain, steps_of_subscription
from subscriptions.told.owing import owing_of
from subscriptions.told.proposals import resources_by_key
from vendors.acted import answered
from vendors.facts import in_order, lines_of
from vendors.questions import facts

TABS = (
    ("subscription", gettext_lazy("General"), "subscriptions.view"),
    ListTab("subscription_orders", ORDERS, by="subscription_id"),
    ("subscription_resources", gettext_lazy("Resources"), "subscriptions.view"),
    ListTab("subscription_charges", CHARGES, by="subscription_id"),
    ListTab("subscription_transactions", TRANSACTIONS, by="charge__subscription_id"),
    ("subscription_commitment", gettext_lazy("Commitment"), "subscriptions.view"),
    ("subscription_vendor", gettext_lazy("Vendor"), "subscriptions.view"),
    ("subscription_log", gettext_lazy("Log"), "log.view"),
)


def one(request: HttpRequest, pk: int) -> Subscription:
    """Return the subscription of the address. Raises Http404 for one that the actor does not see."""
    related = ("account__account_class", "reseller", "manager", "plan__template__connection", "plan__service_term")
    visible = subscriptions_visible_to(request.actor).select_related(*related, "period")
    return get_object_or_404(visible, pk=pk)


@requires("subscriptions.view")
def subscription(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a subscription's facts, and what it waits for."""
    found = one(request, pk)
    operation = operations_for(found).first() if found.status in FAILED else None
    waiting, (open_order, arranged_order) = waiting_operation(found), open_orders_of(request.actor, found)
    context = {
        "page": page_of(request.actor, found, "subscription"),
        "subscription": found,
        "resources": resources_by_key(found).values(),
        "lines": lines_of(in_order(found.attributes)),
        "owes": owing_of(found, timezone.localdate()) if request.actor.may("charges.view") else None,
        "comment": found.stop_comment,
        "author": author_of(found, "stop_comment") if found.stop_comment else "",
        "open_order": open_order,
        "arranged_order": arranged_order,
        "trouble": operation.last_error if (operation := operation or operation_in_doubt(found)) else "",
        "waits": waiting.waits_for if waiting is not None else None,
        "correct_url": _correct_url(request.actor, found, open_order) if waiting is not None else "",
        "actions": actions_of(found) if request.actor.may("subscriptions.change") else (),
        "act_url": reverse("operator:subscription_act", args=[found.pk]),
        "unsupported": unsupported(found).values() if found.status in RUNNING else (),
    }
    return render(request, "operator_panel/subscription.html", context)


@requires("subscriptions.change")
def subscription_act(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Do at the vendor what a button of the subscription's page says."""
    found = one(request, pk)
    name = request.POST.get("action", "")
    return answered(
        request,
        lambda: act(actor=request.actor, subscription=found, name=name, now=timezone.now()),
        back=reverse("operator:subscription", args=[found.pk]),
    )


def _correct_url(actor: Actor, found: Subscription, order: Order | None) -> str:
    """Return where the order that waits at its vendor is corrected; "" where it cannot be."""
    if order is None or not actor.may("orders.correct"):
        return ""
    order.subscription = found
    return reverse("operator:order_correct", args=[order.pk]) if allowed(may_correct, order) else ""


@requires("subscriptions.view")
def subscription_resources(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the units that the subscription holds, with their prices."""
    found = one(request, pk)
    resources = list(resources_by_key(found).values())
    today = timezone.localdate()
    newest: dict[int, object] = {}
    for price in prices_visible_to(request.actor).filter(plan_resource__plan=found.plan, valid_from__lte=today):
        newest.setdefault(price.plan_resource_id, price)
    # What a level pays is its own to see.
    own = request.actor.reseller is not None and request.actor.reseller.pk == found.plan.reseller_id
    bought, renewed = term_costs(found, [one.plan_resource_id for one in resources], today=today) if own else ({}, {})
    rows = [
        {
            "resource": resource,
            "bounds": resource.plan_resource,
            "price": _price(found, resource, newest.get(resource.plan_resource_id)),
            "cost": bought.get(resource.plan_resource_id),
            "next_cost": renewed.get(resource.plan_resource_id),
        }
        for resource in resources
    ]
    page = page_of(request.actor, found, "subscription_resources")
    context = {
        "page": page,
        "subscription": found,
        "rows": rows,
        "by_use": is_by_use(found.billing_type),
        "costs": bool(bought or renewed),
        "may_change": any(button.url.endswith("/change/") for button in page.buttons),
    }
    return render(request, "operator_panel/subscription_resources.html", context)


def _price(found: Subscription, resource: object, newest: object) -> object:
    """Return what a unit costs from now on: that of the ordering where the price is fixed."""
    if found.fixed_price or newest is None:
        return resource.ordering_price
    return newest.recurring_fee


@requires("subscriptions.view")
def subscription_vendor(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is known of the service at the vendor and what was done there; ?ask=1 asks the vendor now."""
    found = one(request, pk)
    connection = found.plan.template.connection
    answered, trouble = (), ""
    if connection is not None and found.vendor_ids and "ask" in request.GET:
        try:
            payload = service_as_held(found)
            answered = facts(connection, service=payload, now=timezone.now())
        except Refused as refusal:
            trouble = str(refusal)
    context = {
        "page": page_of(request.actor, found, "subscription_vendor"),
        "subscription": found,
        "connection": connection,
        "ids": _unlabelled(found),
        "lines": lines_of(in_order(found.attributes)),
        "asked": "ask" in request.GET,
        "answered": lines_of(answered),
        "trouble": trouble,
        "operations": operations_for(found)[:100],
    }
    return render(request, "operator_panel/subscription_vendor.html", context)


@requires("log.view")
def subscription_log(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what happened to the subscription."""
    found = one(request, pk)
    return log_page(request, page_of(request.actor, found, "subscription_log"), found)


def page_of(actor: Actor, found: Subscription, active: str) -> Page:
    """Return what stands around every page of one subscription."""
    status, steps = found.status, steps_of_subscription(actor, found, timezone.localdate(), timezone.now())
    offered = (
        ("subscription_settle", _("Say what became of it"), "orders.retry", operation_in_doubt(found) is not None),
        ("subscription_retry", _("Try again"), "orders.retry", steps["retry"] is None),
        ("subscription_change", _("Change quantities"), "subscriptions.change", steps["change"] is None),
        ("subscription_renew", _("Renew"), "subscriptions.order", steps["renew"] is None),
        ("subscription_auto_renew", _("Automatic renewal"), "subscriptions.change", steps["auto_renew"] is None),
        ("subscription_activate", _("Activate"), "subscriptions.activate", steps["activate"] is None),
        ("subscription_stop", _("Stop"), "subscriptions.stop", steps["stop"] is None),
        ("subscription_switch", _("Switch the plan"), "subscriptions.change", steps["switch"] is None),
        ("subscription_end", _("End of the term"), "subscriptions.change", steps["choose_end"] is None),
        ("subscription_close_charges", _("Close charges"), "charges.close", steps["close_charges"] is None),
        ("subscription_limit", _("Credit limit"), "accounts.change", allowed(may_limit, found)),
        ("subscription_delete", _("Delete"), "subscriptions.delete", steps["delete"] is None),
    )
    looked_for = looked_for_in_vain(actor, found, steps)
    return Page(
        title=found.name,
        crumbs=(Crumb(_("Subscriptions"), reverse("operator:subscriptions")), Crumb(found.pk)),
        status=Status(status, found.get_status_display(), found.get_stop_reason_display()),
        buttons=able(actor, offered, found.pk),
        tabs=tabs_of(actor, [tab for tab in offered_of(TABS) if _has(found, tab[0])], active, found.pk),
        hints=hints_of(actor, looked_for, way_to),
    )


lists = list_views(TABS, requires=requires, one=one, page_of=page_of)


def _unlabelled(found: Subscription) -> list[tuple[str, str]]:
    """Return the vendor's ids that no fact shows under a label already."""
    told = {fact["value"] for fact in found.attributes.values()}
    return [(name, value) for name, value in sorted(found.vendor_ids.items()) if value not in told]


def _has(found: Subscription, tab: str) -> bool:
    """Return whether the subscription has what the tab shows: one that is only billed has no vendor."""
    if tab == "subscription_commitment":
        return has_terms(found)
    return tab != "subscription_vendor" or found.plan.template.connection_id is not None
