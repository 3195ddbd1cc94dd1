"""The customer panel's navigation bar and what stands above each of its pages."""

from functools import partial

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import Actor
from accounts.models import Account, AccountStatus
from accounts.queries import accounts_of
from billing.funds import funds_of
from core.panel.context import bar_of, navigation_of
from core.panel.page import NavigationGroup, NavigationItem
from notifications.reading import unread_of

NAVIGATION = (
    NavigationGroup("", (NavigationItem(_("Home"), "customer:home"),)),
    NavigationGroup(
        _("Services"),
        (
            NavigationItem(_("Subscriptions"), "customer:subscriptions", "subscriptions.view"),
            NavigationItem(_("Windows and renewals"), "customer:calendar", "subscriptions.view"),
            NavigationItem(pgettext_lazy("button", "Order"), "customer:order_plan", "subscriptions.order"),
        ),
    ),
    NavigationGroup(
        _("Billing"),
        (
            NavigationItem(_("Payments"), "customer:payments", "payments.view"),
            NavigationItem(_("Invoices"), "customer:invoices", "invoices.view"),
            NavigationItem(_("Credit notes"), "customer:credit_notes", "invoices.view"),
            NavigationItem(_("Charges"), "customer:charges", "charges.view"),
            NavigationItem(_("Transactions"), "customer:transactions", "transactions.view"),
            NavigationItem(_("Forecast"), "customer:forecast", "charges.view"),
        ),
    ),
    NavigationGroup(
        _("Account"),
        (
            NavigationItem(pgettext_lazy("own", "Account"), "customer:account", "accounts.view"),
            NavigationItem(_("Users"), "customer:users", "account_users.view"),
        ),
    ),
)


def navigation(request: HttpRequest) -> dict[str, object]:
    """Return the navigation bar and what stands above every page of who is signed in as a customer."""
    match = request.resolver_match
    actor = getattr(request, "actor", None)
    if actor is None or not actor.is_customer:
        return {}
    section = (match.url_name if match else "") or ""
    return {
        # Asked for by whole pages only, once; parts of pages and forms show none of it.
        "navigation": SimpleLazyObject(lambda: navigation_of(request, NAVIGATION, section=section)),
        "bar": partial(bar_of, request, NAVIGATION, section=section),
        "home_url": reverse("customer:home"),
        "profile_url": reverse("customer:profile"),
        "messages_url": reverse("customer:home_messages"),
        "unread": SimpleLazyObject(lambda: unread_of(actor)),
        "panel_stylesheet": "customer_panel/customer.css",
        "topbar": "customer_panel/topbar.html",
        "account": actor.account,
        "accounts_to_choose": SimpleLazyObject(lambda: _others(actor)),
        "funds": SimpleLazyObject(lambda: funds_of(actor.account)) if actor.may("payments.view") else None,
    }


def _others(actor: Actor) -> list[Account]:
    """Return the other accounts that the person may act for; none while a manager is signed in as the owner."""
    if actor.impersonator is not None:
        return []
    others = accounts_of(actor.user).exclude(status=AccountStatus.DELETED).exclude(pk=actor.account.pk)
    return list(others.order_by("name", "pk"))
