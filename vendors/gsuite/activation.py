"""What is told of a subscription: for whom it waits and what that one has to do (CR-582), and its facts."""

from datetime import timedelta

from django.utils.translation import gettext_noop

from vendors.base import JSON, Done, Fact, Waiting, Who
from vendors.errors import Rejected
from vendors.gsuite import plans, products
from vendors.gsuite.client import Api, Google

CONSOLE = "https://admin.google.com"
ACTIVATE = gettext_noop(
    "Sign in at %(console)s as %(login)s with the one-time password, which the page of the service shows once; accept"
    " Google's terms and choose a password of your own. Then add this TXT record to the DNS of %(domain)s, so that mail"
    " arrives: %(record)s"
)
ACCEPT = gettext_noop(
    "An administrator of %(domain)s signs in at %(console)s and accepts Google's terms: until then the subscription is"
    " suspended."
)
LOOK_AGAIN, ALARM, PATIENCE = timedelta(minutes=15), timedelta(days=3), timedelta(days=60)

CUSTOMER_ID = gettext_noop("Customer ID at Google")
SUBSCRIPTION_ID = gettext_noop("Subscription ID at Google")
PURCHASE_ORDER = gettext_noop("Our mark on Google's invoice")
DOMAIN = gettext_noop("Domain")
PRODUCT = gettext_noop("Product")
PLAN = gettext_noop("Plan at Google")
SEATS = gettext_noop("Seats")
USED = gettext_noop("Seats in use")
STATE = gettext_noop("State at Google")
REASONS = gettext_noop("Suspended because of")
TRIAL_ENDS = gettext_noop("Trial ends on")
ENDS = gettext_noop("The year at Google ends on")
RENEWAL = gettext_noop("Arranged for that day")
ADMINISTRATOR = gettext_noop("Administrator's login")
RECORD = gettext_noop("TXT record that proves the domain")


def ids_of(told: JSON) -> dict[str, str]:
    """Return the ids of a subscription."""
    named = {
        "customer_id": "customerId",
        "subscription_id": "subscriptionId",
        "domain": "customerDomain",
        "purchase_order": "purchaseOrderId",
    }
    return {name: str(told[member]) for name, member in named.items() if told.get(member)}


def facts_of(told: JSON) -> tuple[Fact, ...]:
    """Return what is shown of a subscription as Google tells it; what does not hold any more is told empty."""
    ids, trial = ids_of(told), plans.moment_of((told.get("trialSettings") or {}).get("trialEndTime"))
    is_trial, end, sku = plans.name_of(told) == plans.TRIAL, plans.ends_on(told), str(told.get("skuId") or "")
    return (
        Fact("domain", DOMAIN, ids.get("domain", "")),
        Fact("customer_id", CUSTOMER_ID, ids.get("customer_id", "")),
        Fact("subscription_id", SUBSCRIPTION_ID, ids.get("subscription_id", "")),
        Fact("purchase_order", PURCHASE_ORDER, ids.get("purchase_order", "")),
        Fact("product", PRODUCT, products.BY_SKU.get(sku, str(told.get("skuName") or sku))),
        Fact("plan", PLAN, plans.name_of(told)),
        Fact("seats", SEATS, str(plans.seats_of(told))),
        Fact("used", USED, str(plans.used_of(told))),
        Fact("state", STATE, str(told.get("status") or "")),
        Fact("reasons", REASONS, ", ".join(sorted(plans.reasons_of(told)))),
        Fact("trial_ends", TRIAL_ENDS, trial.date().isoformat() if trial is not None and is_trial else ""),
        Fact("ends_on", ENDS, end.isoformat() if end is not None else ""),
        Fact("renewal", RENEWAL, plans.renewal_of(told)),
    )


def shown(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Return those that say something."""
    return tuple(fact for fact in facts if fact.value)


def done(told: JSON, more: tuple[Fact, ...] = ()) -> Done:
    """Return what a subscription leaves behind."""
    return Done(ids_of(told), (*facts_of(told), *more))


def waits(told: JSON, *, login: str, record: str) -> Waiting:
    """Return who has to act before a subscription is active: its customer accepts the terms.

    `login` is that of the administrator whom this order has made, "" where the customer has its own.
    """
    ids = ids_of(told)
    values: dict[str, object] = {"console": CONSOLE, "domain": ids.get("domain", "")}
    message, more = ACCEPT, ()
    if login:
        message, values = ACTIVATE, values | {"login": login, "record": record}
        more = (Fact("administrator", ADMINISTRATOR, login), Fact("record", RECORD, record))
    return Waiting(
        message,
        values,
        who=Who.CUSTOMER,
        vendor_ids=ids,
        facts=(*facts_of(told), *more),
        look_again=LOOK_AGAIN,
        at_most=PATIENCE,
        alarm_after=ALARM,
        tells_contact=True,
    )


def record_of(google: Google, domain: str) -> str:
    """Return the TXT record that proves a domain: the same whenever it is asked for."""
    body = {"site": {"type": "INET_DOMAIN", "identifier": domain}, "verificationMethod": "DNS_TXT"}
    return str(google.inquire(Api.VERIFICATION, "/token", body).get("token") or "")


def verified(google: Google, domain: str, owner: str) -> bool:
    """Have Google look for the record now; return whether it was found. Raises VendorError for other trouble."""
    body = {"site": {"type": "INET_DOMAIN", "identifier": domain}, "owners": [owner] if owner else []}
    try:
        google.order(Api.VERIFICATION, "/webResource", body, params={"verificationMethod": "DNS_TXT"})
    except Rejected as refusal:
        if refusal.code in ("badRequest", "invalid"):
            return False
        raise
    return True
