"""How the Log tabs speak: of each kind of object in sentences, and of what was done at which address."""

from typing import Any

from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.history import Saying
from core.lists.columns import to

ACCOUNT = Saying(
    created=gettext_lazy("Account “%(name)s” was created."),
    changed=gettext_lazy("The data of account “%(name)s” were changed."),
    became=gettext_lazy("Account “%(name)s” is now “%(new)s”; it was “%(old)s”."),
    name=lambda version: version.name,
)
ORDER = Saying(
    created=gettext_lazy("Order %(name)s was placed."),
    changed=gettext_lazy("Order %(name)s was changed."),
    became=gettext_lazy("Order %(name)s is now “%(new)s”; it was “%(old)s”."),
    name=lambda version: version.pgh_obj.number,
    url=to("operator:order", "pgh_obj_id"),
)
PAYMENT = Saying(
    created=gettext_lazy("Payment %(name)s was asked for."),
    changed=gettext_lazy("Payment %(name)s was changed."),
    became=gettext_lazy("Payment %(name)s is now “%(new)s”; it was “%(old)s”."),
    name=lambda version: version.pgh_obj.number,
    url=to("operator:payment", "pgh_obj_id"),
)
CORRECTION = Saying(
    created=gettext_lazy("Correction %(name)s was asked for."),
    changed=gettext_lazy("Correction %(name)s was changed."),
    became=gettext_lazy("Correction %(name)s is now “%(new)s”; it was “%(old)s”."),
    name=lambda version: version.pgh_obj.number,
    url=to("operator:correction", "pgh_obj_id"),
)
GUARANTEE = Saying(
    created=gettext_lazy("Guaranteed payment %(name)s was given."),
    changed=gettext_lazy("Guaranteed payment %(name)s was changed."),
    became=gettext_lazy("Guaranteed payment %(name)s is now “%(new)s”; it was “%(old)s”."),
    name=lambda version: version.pgh_obj.number,
    url=to("operator:guaranteed_payment", "pgh_obj_id"),
)
SUBSCRIPTION = Saying(
    created=gettext_lazy("Subscription “%(name)s” was ordered."),
    changed=gettext_lazy("Subscription “%(name)s” was changed."),
    became=gettext_lazy("Subscription “%(name)s” is now “%(new)s”; it was “%(old)s”."),
    # A subscription is written before it has its name, of which its number is a part.
    name=lambda version: version.name or f"{version.plan_name} {version.pgh_obj_id}".strip(),
    url=to("operator:subscription", "pgh_obj_id"),
)
PERSON = Saying(
    created=gettext_lazy("%(name)s joined the account."),
    changed=gettext_lazy("The access of %(name)s was changed."),
    became=gettext_lazy("The access of %(name)s was changed."),
    removed=gettext_lazy("%(name)s was removed from the account."),
    name=lambda version: str(version.user),
)
ANY = Saying(
    created=gettext_lazy("“%(name)s” was created."),
    changed=gettext_lazy("“%(name)s” was changed."),
    became=gettext_lazy("“%(name)s” is now “%(new)s”; it was “%(old)s”."),
    name=lambda version: str(getattr(version, "name", "") or version.pgh_obj_id),
)
BY_MODEL = {
    "Account": ACCOUNT, "Order": ORDER, "Payment": PAYMENT, "Subscription": SUBSCRIPTION, "AccountMembership": PERSON,
    "Correction": CORRECTION, "GuaranteedPayment": GUARANTEE,
}  # fmt: skip

# By the name of the address, or its beginning: what somebody did there.
DEEDS = {
    "payment_approve": gettext_lazy("approving the payment"),
    "payment_cancel": gettext_lazy("cancelling the payment"),
    "payment_return": gettext_lazy("paying money back"),
    "payment_reassign": gettext_lazy("putting money on another balance"),
    "payment": gettext_lazy("working with a payment"),
    "correction": gettext_lazy("working with a correction"),
    "payment_gateway": gettext_lazy("working with a card gateway"),
    "guaranteed_payment": gettext_lazy("working with a guaranteed payment"),
    "account_correct": gettext_lazy("asking for a correction of the balance"),
    "account_guarantee": gettext_lazy("giving a guaranteed payment"),
    "account_top_up": gettext_lazy("topping the balance up"),
    "account_order": gettext_lazy("ordering for the account"),
    "account_user": gettext_lazy("managing the account’s people"),
    "account_hold": gettext_lazy("putting the account on hold"),
    "account_priorities": gettext_lazy("choosing who goes first"),
    "account": gettext_lazy("editing the account"),
    "order_plan": gettext_lazy("placing an order"),
    "order_cancel": gettext_lazy("cancelling the order"),
    "order_pay": gettext_lazy("paying the order from the balance"),
    "order": gettext_lazy("working with an order"),
    "subscription_change": gettext_lazy("changing the quantity"),
    "subscription_stop": gettext_lazy("stopping the subscription"),
    "subscription_renew": gettext_lazy("renewing the subscription"),
    "subscription_priorities": gettext_lazy("choosing who goes first"),
    "subscription_end": gettext_lazy("choosing the end of the term"),
    "subscription_auto_renew": gettext_lazy("switching automatic renewal"),
    "subscription_switch": gettext_lazy("switching the plan"),
    "subscription_close_charges": gettext_lazy("closing charges by hand"),
    "subscription_activate": gettext_lazy("activating the subscription"),
    "subscription_delete": gettext_lazy("deleting the subscription"),
    "subscription": gettext_lazy("working with a subscription"),
    "accept_invitation": gettext_lazy("accepting an invitation"),
    "user": gettext_lazy("managing people"),
    "manager": gettext_lazy("managing managers"),
    "reseller": gettext_lazy("managing resellers"),
    "plan": gettext_lazy("working with a plan"),
    "application_template": gettext_lazy("working with a template"),
    "vendor_connection": gettext_lazy("working with a vendor connection"),
    "profile": gettext_lazy("editing the own profile"),
    "sign_in_as": gettext_lazy("signing in as an owner"),
}

# By the name of a job, or its beginning: what it does.
JOBS = {
    "subscriptions.tasks.provision": gettext_lazy("the vendor’s answer"),
    "subscriptions.tasks.carry_on_provisioning": gettext_lazy("the vendor’s answer"),
    "subscriptions.tasks.run": gettext_lazy("the billing night"),
    "subscriptions.tasks.count_units": gettext_lazy("counting what was used"),
    "subscriptions.tasks.sample_usage": gettext_lazy("measuring what is in use"),
    "subscriptions.tasks.read_usage_reports": gettext_lazy("reading what vendors report to have been used"),
    "subscriptions.tasks.read_price_sheets": gettext_lazy("reading vendors’ price sheets"),
    "subscriptions.tasks.compare_units": gettext_lazy("comparing our books with the vendors’"),
    "subscriptions.tasks.observe_services": gettext_lazy("asking the vendors what became of services"),
    "subscriptions.tasks.refresh_commitments": gettext_lazy("asking the vendors what they have bound us to"),
    "subscriptions.tasks.follow_renewals": gettext_lazy("following renewals at the vendors"),
    "subscriptions.tasks.compare_with_vendors": gettext_lazy("comparing our books with the vendors’"),
    "subscriptions.tasks.tell_of_commitments": gettext_lazy("letters of windows and renewals"),
    "subscriptions.resolving.tasks": gettext_lazy("settling differences with vendors"),
    "vendors.tasks.read_catalogue": gettext_lazy("reading vendors’ catalogues"),
    "subscriptions.tasks.audit_books": gettext_lazy("the nightly audit of the books"),
    "subscriptions.tasks.change_prices": gettext_lazy("writing changed prices"),
    "subscriptions.tasks.carry_on_price_changes": gettext_lazy("writing changed prices"),
    "subscriptions.tasks.tell_of_invoices": gettext_lazy("letters of new invoices"),
    "subscriptions.tasks.remind": gettext_lazy("reminding of the billing day"),
    "vendors.tasks.check_connections": gettext_lazy("the daily check of the vendors’ connections"),
    "notifications.tasks.deliver": gettext_lazy("sending letters"),
    "brokerage.tasks.run_missed_jobs": gettext_lazy("carrying on with what was missed"),
    "core.lists.tasks": gettext_lazy("writing exports"),
}
FORGETTING = gettext_lazy("removing what is kept no longer")


def cause_of(address: str) -> str:
    """Return what somebody did at an address of the platform, or what its job does; "" where that has no words."""
    if ".tasks." in address:
        return _job(address)
    if address.startswith("/api/"):
        return _("a request of the API")
    try:
        name = resolve(address).url_name or ""
    except Resolver404:
        return ""
    fitting: list[str] = [known for known in DEEDS if name == known or name.startswith(f"{known}_")]
    return str(DEEDS[max(fitting, key=len)]) if fitting else ""


def _job(name: str) -> str:
    """Return what a job does, by its name."""
    if "forget" in name:
        return str(FORGETTING)
    fitting = [known for known in JOBS if name.startswith(known)]
    return str(JOBS[max(fitting, key=len)]) if fitting else ""


def saying_of(row: Any) -> Saying:
    """Return how the log speaks of an object like this."""
    return BY_MODEL.get(type(row).__name__, ANY)
