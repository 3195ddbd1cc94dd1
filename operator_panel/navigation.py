"""The navigation bar of the operator panel: groups, items, and the right that each item needs."""

from functools import partial

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from core.panel.context import bar_of, navigation_of
from core.panel.page import NavigationGroup, NavigationItem
from notifications.reading import unread_of

NAVIGATION = (
    NavigationGroup("", (NavigationItem(_("Home"), "operator:home"),)),
    NavigationGroup(
        _("Operations"),
        (
            NavigationItem(_("Orders"), "operator:orders", "orders.view"),
            NavigationItem(_("Subscriptions"), "operator:subscriptions", "subscriptions.view"),
            NavigationItem(_("Windows and renewals"), "operator:calendar", "subscriptions.view"),
            NavigationItem(_("Differences with vendors"), "operator:differences", "differences.view"),
            NavigationItem(_("Accounts"), "operator:accounts", "accounts.view"),
            NavigationItem(_("Resellers"), "operator:resellers", "resellers.view"),
        ),
    ),
    NavigationGroup(
        _("Finance"),
        (
            NavigationItem(_("Payments"), "operator:payments", "payments.view"),
            NavigationItem(_("Guaranteed payments"), "operator:guaranteed_payments", "guarantees.view"),
            NavigationItem(_("Invoices"), "operator:invoices", "invoices.view"),
            NavigationItem(_("Credit notes"), "operator:credit_notes", "invoices.view"),
            NavigationItem(_("Charges"), "operator:charges", "charges.view"),
            NavigationItem(_("Reseller charges"), "operator:reseller_charges", "reseller_charges.view"),
            NavigationItem(_("Margins"), "operator:margins", "reseller_charges.view"),
            NavigationItem(_("Coming night"), "operator:tonight", "charges.view"),
            NavigationItem(_("Corrections"), "operator:corrections", "corrections.view"),
        ),
    ),
    NavigationGroup(
        _("Products"),
        (
            NavigationItem(_("Products"), "operator:products", "products.view"),
            NavigationItem(_("Plans"), "operator:plans", "plans.view"),
            NavigationItem(_("Price changes"), "operator:price_changes", "plans.change"),
            NavigationItem(_("Plan categories"), "operator:plan_categories", "plans.view"),
            NavigationItem(_("Discounts"), "operator:discounts", "discounts.view"),
            NavigationItem(_("Service terms"), "operator:service_terms", "service_terms.view"),
            NavigationItem(_("Application templates"), "operator:application_templates", "application_templates.view"),
        ),
    ),
    NavigationGroup(
        _("Settings"),
        (
            NavigationItem(_("Taxes"), "operator:taxes", "taxes.view"),
            NavigationItem(_("Account types"), "operator:account_types", "account_classes.view"),
            NavigationItem(_("Account classes"), "operator:account_classes", "account_classes.view"),
            NavigationItem(_("Card gateways"), "operator:payment_gateways", "payment_gateways.view"),
            NavigationItem(_("Vendor connections"), "operator:vendor_connections", "vendor_connections.view"),
            NavigationItem(_("Price sheets"), "operator:price_sheets", "vendor_connections.view"),
            NavigationItem(_("Managers"), "operator:managers", "managers.view"),
        ),
    ),
)


def navigation(request: HttpRequest) -> dict[str, object]:
    """Return the navigation bar of the operator panel for its people, on every page (a context processor)."""
    match, actor = request.resolver_match, getattr(request, "actor", None)
    if actor is None or not actor.is_manager:
        return {}
    section = (match.url_name if match else "") or ""
    return {
        # Asked for by whole pages only, once; parts of pages show none of it.
        "navigation": SimpleLazyObject(lambda: navigation_of(request, NAVIGATION, section=section)),
        "bar": partial(bar_of, request, NAVIGATION, section=section),
        "home_url": reverse("operator:home"),
        "profile_url": reverse("operator:profile"),
        "messages_url": reverse("operator:messages"),
        "unread": SimpleLazyObject(lambda: unread_of(actor)),
    }
