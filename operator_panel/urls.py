"""The operator panel's addresses. Names: a list is the plural ("orders"), its pages start with the singular."""

from collections.abc import Callable

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from core.lists.listing import Listing
from core.lists.views import list_view
from core.panel.page import Button
from operator_panel.doors import requires
from operator_panel.lists import LISTS
from operator_panel.views import (
    account_changes,
    account_order,
    account_priorities,
    account_terms,
    account_users,
    accounts,
    api_tokens,
    application_templates,
    below_cost,
    charges,
    corrections,
    credit_notes,
    differences,
    discounts,
    forecasts,
    guaranteed_payments,
    home,
    invoices,
    managers,
    messages,
    orders,
    parked_payments,
    payment_gateways,
    payments,
    plan_changes,
    plan_markups,
    plan_wizard,
    plans,
    price_changes,
    products,
    profile,
    reseller_charges,
    reseller_vendors,
    resellers,
    service_terms,
    subscription_commitment,
    subscription_limit,
    subscription_operations,
    subscription_plan,
    subscription_settling,
    subscriptions,
    taxes,
    tonight,
    vendor_connections,
)

app_name = "operator"

# What can be made from a list: the button and its page, shown to who has the page's right.
CREATIONS = {
    "account_classes": (_("Create an account class"), account_terms.account_class_create),
    "account_types": (_("Create an account type"), account_terms.account_type_create),
    "accounts": (_("Create an account"), account_changes.account_create),
    "application_templates": (_("Create a template"), application_templates.application_template_create),
    "corrections": (_("Create a correction"), corrections.correction_create),
    "discounts": (_("Create a discount"), discounts.discount_create),
    "guaranteed_payments": (_("Create a guaranteed payment"), guaranteed_payments.guaranteed_payment_create),
    "managers": (_("Create a manager"), managers.manager_create),
    "payment_gateways": (_("Create a card gateway"), payment_gateways.payment_gateway_create),
    "payments": (_("Create a payment"), payments.payment_create),
    "plan_categories": (_("Create a category"), products.plan_category_create),
    "plans": (_("Create a plan"), plan_wizard.plan_create),
    "price_changes": (_("Change prices"), price_changes.price_change_create),
    "products": (_("Create a product"), products.product_create),
    "resellers": (_("Create a reseller"), resellers.reseller_create),
    "service_terms": (_("Create service terms"), service_terms.service_term_create),
    "taxes": (_("Create a tax"), taxes.tax_create),
    "vendor_connections": (_("Create a connection"), vendor_connections.vendor_connection_create),
}


# Lists above which more stands than a button.
OWN_VIEWS = {"differences": differences.differences}


def _list(name: str, listing: Listing) -> URLPattern:
    """Return the address of a list, with the button that makes another one of it."""

    def buttons(request: HttpRequest) -> tuple[Button, ...]:
        label, page = CREATIONS.get(name, ("", None))
        if page is None or request.actor is None or not request.actor.may(page.right):
            return ()
        return (Button(label, reverse(f"operator:{page.__name__}"), primary=True),)

    view = OWN_VIEWS.get(name) or requires(listing.right)(list_view(listing, buttons=buttons))
    return path(f"{name.replace('_', '-')}/", view, name=name)


def _of(section: str, *views: Callable[..., object]) -> list[URLPattern]:
    """Return the addresses of one object's pages, named as their views: account_users is accounts/<pk>/users/."""
    singular = section.removesuffix("s")
    patterns = []
    for view in views:
        rest = view.__name__.removeprefix(singular).strip("_").replace("_", "-")
        address = f"{section.replace('_', '-')}/<int:pk>/{f'{rest}/' if rest else ''}"
        patterns.append(path(address, view, name=view.__name__))
    return patterns


urlpatterns = [
    path("", home.home, name="home"),
    *(_list(name, listing) for name, listing in LISTS.items() if listing.own_page),
    *(
        path(f"{name.replace('_', '-')}/create/", page, name=page.__name__)
        for name, (_label, page) in CREATIONS.items()
    ),
    # Differences with vendors
    *_of(
        "differences",
        differences.difference,
        differences.difference_accept,
        differences.difference_restore,
        differences.difference_log,
    ),
    *_of(
        "resolutions",
        differences.resolution,
        *differences.lists,
        differences.resolution_confirm,
        differences.resolution_log,
    ),
    # Accounts
    *_of(
        "accounts",
        accounts.account,
        account_users.account_users,
        *accounts.lists,
        accounts.account_log,
        account_changes.account_hold,
        account_changes.account_release,
        account_changes.account_delete,
        account_changes.account_top_up,
        corrections.account_correct,
        guaranteed_payments.account_guarantee,
        account_users.account_invite,
        account_order.account_order,
        account_priorities.account_priorities,
    ),
    path("accounts/<int:pk>/change/<slug:group>/", account_changes.account_change, name="account_change"),
    path("accounts/<int:pk>/order/<int:plan>/", account_order.account_order_plan, name="account_order_plan"),
    path("accounts/<int:pk>/users/<int:membership>/", account_users.account_user, name="account_user"),
    path(
        "accounts/<int:pk>/users/<int:membership>/remove/",
        account_users.account_user_remove,
        name="account_user_remove",
    ),
    path(
        "accounts/<int:pk>/invitations/<int:invitation>/withdraw/",
        account_users.account_invitation_withdraw,
        name="account_invitation_withdraw",
    ),
    # Subscriptions, orders
    *_of(
        "subscriptions",
        subscriptions.subscription,
        subscriptions.subscription_resources,
        *subscriptions.lists,
        subscriptions.subscription_vendor,
        subscriptions.subscription_log,
        subscriptions.subscription_act,
        subscription_operations.subscription_change,
        subscription_operations.subscription_stop,
        subscription_operations.subscription_renew,
        subscription_operations.subscription_auto_renew,
        subscription_operations.subscription_end,
        subscription_operations.subscription_activate,
        subscription_operations.subscription_delete,
        subscription_operations.subscription_retry,
        subscription_plan.subscription_switch,
        subscription_plan.subscription_close_charges,
        subscription_commitment.subscription_commitment,
        subscription_limit.subscription_limit,
        subscription_settling.subscription_settle,
    ),
    *_of(
        "orders",
        orders.order,
        *orders.lists,
        orders.order_log,
        orders.order_cancel,
        orders.order_correct,
        orders.order_give_up,
        orders.order_pay,
    ),
    # Money
    *_of("payments", payments.payment, payments.payment_log, payments.payment_approve, payments.payment_cancel),
    *_of("payments", parked_payments.payment_reassign, parked_payments.payment_return),
    *_of("payment_gateways", payment_gateways.payment_gateway),
    *_of("charges", charges.charge),
    *_of("invoices", invoices.invoice),
    *_of("credit_notes", credit_notes.credit_note),
    *_of(
        "price_changes",
        price_changes.price_change,
        *price_changes.lists,
        price_changes.price_change_log,
        price_changes.price_change_confirm,
        price_changes.price_change_undo,
    ),
    *_of("reseller_charges", reseller_charges.reseller_charge),
    path("margins/", reseller_charges.margins, name="margins"),
    path("margins/below-cost/", below_cost.below_cost_page, name="below_cost"),
    path("margins/forecast/", forecasts.margin_forecast_page, name="margin_forecast"),
    *_of(
        "corrections",
        corrections.correction,
        corrections.correction_log,
        corrections.correction_approve,
        corrections.correction_decline,
    ),
    *_of(
        "guaranteed_payments",
        guaranteed_payments.guaranteed_payment,
        guaranteed_payments.guaranteed_payment_log,
        guaranteed_payments.guaranteed_payment_revoke,
    ),
    # People
    *_of(
        "resellers",
        resellers.reseller,
        *resellers.lists,
        resellers.reseller_log,
        resellers.reseller_change,
    ),
    path(
        "resellers/<int:pk>/vendors/<int:connection>/",
        reseller_vendors.reseller_vendor,
        name="reseller_vendor",
    ),
    *_of(
        "managers",
        managers.manager,
        managers.manager_subordinates,
        managers.manager_supervisors,
        managers.manager_log,
        managers.manager_change,
        managers.manager_second_factor_reset,
        managers.manager_supervision,
    ),
    path("tonight/", tonight.tonight_page, name="tonight"),
    *_of("accounts", tonight.account_night, forecasts.account_forecast),
    path("messages/", messages.messages, name="messages"),
    path("profile/", profile.profile, name="profile"),
    path("profile/change/", profile.profile_change, name="profile_change"),
    path("profile/look/", profile.profile_look, name="profile_look"),
    path("profile/tokens/new/", api_tokens.profile_token_new, name="profile_token_new"),
    path("profile/tokens/<int:pk>/revoke/", api_tokens.profile_token_revoke, name="profile_token_revoke"),
    # The catalogue
    *_of("products", products.product),
    path("taxes/<int:pk>/", taxes.tax, name="tax"),
    path("taxes/<int:pk>/log/", taxes.tax_log, name="tax_log"),
    path("taxes/<int:pk>/change/", taxes.tax_change, name="tax_change"),
    *_of("discounts", discounts.discount, discounts.discount_log, discounts.discount_change),
    *_of("service_terms", service_terms.service_term, service_terms.service_term_change),
    *_of(
        "application_templates",
        application_templates.application_template,
        *application_templates.lists,
        application_templates.application_template_log,
        application_templates.application_template_change,
    ),
    path(
        "application-templates/create/billed/",
        application_templates.application_template_billed,
        name="application_template_billed",
    ),
    path(
        "application-templates/create/<int:connection>/",
        application_templates.application_template_new,
        name="application_template_new",
    ),
    *_of(
        "plans",
        plans.plan,
        plans.plan_periods,
        plans.plan_resources,
        plan_changes.plan_delegation,
        *plans.lists,
        plans.plan_log,
        plan_changes.plan_change,
        plan_changes.plan_period_add,
        plan_changes.plan_delegate,
        plan_markups.plan_markup,
        plan_changes.plan_deactivate,
        plan_changes.plan_activate,
    ),
    path("plans/create/<slug:draft>/<slug:step>/", plan_wizard.plan_draft, name="plan_draft"),
    path(
        "plans/<int:pk>/periods/<int:period>/withdraw/",
        plan_changes.plan_period_withdraw,
        name="plan_period_withdraw",
    ),
    path("plans/<int:pk>/periods/<int:period>/price/", plan_changes.plan_period_price, name="plan_period_price"),
    path("plans/<int:pk>/resources/<int:resource>/price/", plan_changes.plan_price, name="plan_price"),
    # Settings
    path("account-classes/<int:pk>/", account_terms.account_class, name="account_class"),
    path("account-types/<int:pk>/", account_terms.account_type, name="account_type"),
    *_of(
        "vendor_connections",
        vendor_connections.vendor_connection,
        *vendor_connections.lists,
        vendor_connections.vendor_connection_change,
        vendor_connections.vendor_connection_revoke,
        vendor_connections.vendor_connection_check,
    ),
    path(
        "vendor-connections/create/<slug:plugin>/",
        vendor_connections.vendor_connection_new,
        name="vendor_connection_new",
    ),
]
