"""An account: its money on top, its facts in groups, and a tab for each thing that hangs on it."""

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from accounts.invitations import waiting_owner_of
from accounts.models import Account, AccountStatus
from accounts.queries import accounts_visible_to, memberships_visible_to
from accounts.registration import MAY_BE_HELD, MAY_BE_RELEASED, may_delete
from accounts.sign_in_as import owner_to_visit
from billing.funds import funds_of
from billing.holds import standing_of
from core.errors import allowed
from core.lists.tabs import ListTab, list_views
from core.panel.page import Button, Crumb, Page, Status
from operator_panel.account_log import LAST_PAGE, log_of
from operator_panel.around import tabs_of
from operator_panel.doors import requires
from operator_panel.lists.charges import CHARGES
from operator_panel.lists.orders import ORDERS
from operator_panel.lists.payments import PAYMENTS
from operator_panel.lists.subscriptions import SUBSCRIPTIONS
from operator_panel.lists.transactions import TRANSACTIONS
from subscriptions.models import SubscriptionStatus
from subscriptions.night.reminding import next_needs
from subscriptions.people.ordering import may_order
from subscriptions.people.turns import may_set_turns
from subscriptions.queries import subscriptions_visible_to

TABS = (
    ("account", gettext_lazy("General"), "accounts.view"),
    ("account_users", gettext_lazy("Users"), "account_users.view"),
    ListTab("account_subscriptions", SUBSCRIPTIONS, by="account_id"),
    ListTab("account_orders", ORDERS, by="account_id"),
    ListTab("account_payments", PAYMENTS, by="account_id"),
    ListTab("account_charges", CHARGES, by="account_id"),
    ListTab("account_transactions", TRANSACTIONS, by="account_id"),
    ("account_forecast", gettext_lazy("Forecast"), "charges.view"),
    ("account_log", gettext_lazy("Log"), "log.view"),
)


def one(request: HttpRequest, pk: int) -> Account:
    """Return the account of the address. Raises Http404 for one that the actor does not see."""
    related = ("reseller", "account_type", "account_class", "manager")
    return get_object_or_404(accounts_visible_to(request.actor).select_related(*related), pk=pk)


@requires("accounts.view")
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an account: what it has and needs first, then its facts."""
    found = one(request, pk)
    owner = memberships_visible_to(request.actor).filter(account=found, access_level="owner").select_related("user")
    context = {
        "page": page_of(request.actor, found, "account"),
        "account": found,
        "owner": owner.first(),
        "owner_invited": waiting_owner_of(found),
        "may_change": request.actor.may("accounts.change") and found.status != AccountStatus.DELETED,
        **_money(request.actor, found),
        **_hold(request.actor, found),
    }
    return render(request, "operator_panel/account.html", context)


def _money(actor: Actor, found: Account) -> dict[str, object]:
    """Return what decides: the funds, and what the next billing day needs, of who may see charges."""
    if not actor.may("charges.view"):
        return {"funds": None}
    funds = funds_of(found)
    running = subscriptions_visible_to(actor).filter(account=found, status=SubscriptionStatus.ACTIVE)
    day, needed = next_needs(found) or (None, Decimal(0))
    # What is reserved now has been written off by then: what is available now is what there is. Postpay needs nothing.
    missing = Decimal(0) if found.is_postpay else needed - funds.available
    return {
        "funds": funds,
        "running": running.count(),
        "billing_day": day,
        "needed": needed,
        "short": missing if missing > 0 else None,
    }


def _hold(actor: Actor, found: Account) -> dict[str, object]:
    """Return how a held account stands and what is to be paid, of who may see charges."""
    if found.status != AccountStatus.CREDIT_HOLD or not actor.may("charges.view"):
        return {"standing": None}
    standing = standing_of(found)
    return {"standing": standing, "to_pay": standing.to_pay(timezone.localdate())}


@requires("log.view")
def account_log(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what happened to the account, to what it has and to its people."""
    found = one(request, pk)
    asked = request.GET.get("page", "1")
    number = min(max(int(asked), 1), LAST_PAGE) if asked.isascii() and asked.isdecimal() and len(asked) < 9 else 1
    entries, more = log_of(found, number)
    context = {"page": page_of(request.actor, found, "account_log"), "entries": entries, "number": number}
    return render(request, "operator_panel/log.html", {**context, "older": number + 1 if more else 0})


def page_of(actor: Actor, found: Account, active: str) -> Page:
    """Return what stands around every page of one account."""
    return Page(
        title=found.name,
        crumbs=(*crumbs_of(found)[:1], Crumb(found.pk)),
        status=Status(found.status, found.get_status_display()),
        buttons=_buttons(actor, found),
        tabs=tabs_of(actor, TABS, active, found.pk),
    )


lists = list_views(TABS, requires=requires, one=one, page_of=page_of)


def crumbs_of(found: Account) -> tuple[Crumb, ...]:
    """Return the way to an account, for the pages below it."""
    return (
        Crumb(_("Accounts"), reverse("operator:accounts")),
        Crumb(found.name, reverse("operator:account", args=[found.pk])),
    )


def _buttons(actor: Actor, found: Account) -> tuple[Button, ...]:
    if found.status == AccountStatus.DELETED:
        return ()
    offered = (
        ("operator:account_order", _("Order a subscription"), "subscriptions.order", allowed(may_order, found)),
        ("operator:account_top_up", _("Top up"), "payments.create", True),
        ("operator:account_priorities", _("Who goes first"), "subscriptions.change", allowed(may_set_turns, found)),
        ("operator:account_guarantee", _("Give a guaranteed payment"), "guarantees.create", True),
        ("operator:account_correct", _("Correct the balance"), "corrections.create", True),
        ("sign_in_as_owner", _("Sign in as owner"), "sign_in_as.use", allowed(owner_to_visit, actor, found)),
        ("operator:account_hold", _("Put on hold"), "accounts.hold", found.status in MAY_BE_HELD),
        ("operator:account_release", _("Release from hold"), "accounts.hold", found.status in MAY_BE_RELEASED),
        ("operator:account_delete", _("Delete"), "accounts.delete", allowed(may_delete, found)),
    )
    return tuple(
        Button(
            label, reverse(name, args=[found.pk]), primary=name == "operator:account_order",
            post=name == "sign_in_as_owner",
        )
        for name, label, right, can in offered
        if can and actor.may(right)
    )  # fmt: skip
