"""The customer at Google: a domain that is free, ours, or somebody else's and comes to us by a transfer token."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_noop

from vendors.base import JSON, Order, Steps
from vendors.errors import LostAnswer, NotFound, Rejected
from vendors.gsuite.client import Api, Google, part
from vendors.gsuite.errors import DUPLICATE, UNREADABLE
from vendors.gsuite.wanted import Wanted

STEP = "customer"
TAKEN = gettext_noop(
    "%(domain)s belongs to another customer of ours already. Order for it from that customer's account, or enter"
    " another domain."
)
SOLD_ELSEWHERE = gettext_noop(
    "Google or another reseller sells to %(domain)s already. Its administrator gets a transfer token at"
    " admin.google.com/TransferToken: enter it, or enter another domain."
)
OTHER_DOMAIN = gettext_noop(
    "This account is the customer %(known)s at Google: another domain is another customer. Order for %(known)s, or from"
    " an account of its own."
)
NOTHING_TO_TRANSFER = gettext_noop(
    "%(domain)s has no %(sku)s that could be transferred. Choose the product that it has, or order without a transfer"
    " token."
)
TOO_FEW = gettext_noop("At least %(least)s seats of %(domain)s have to be transferred. Order %(least)s or more.")
BAD_TOKEN = gettext_noop("Google does not take the transfer token: %(reason)s Ask the customer for a new one.")

Told = Mapping[str, Any]


def told(google: Google, key: str) -> JSON | None:
    """Return what Google tells of a customer, by its id or its domain; None where the domain is free."""
    try:
        return google.ask(Api.RESELLER, f"/customers/{part(key)}")
    except NotFound:
        return None


def is_ours(customer: Told | None) -> bool:
    """Return whether a customer is one of ours: of others Google tells no more than that they exist."""
    return customer is not None and bool(customer.get("postalAddress"))


def known(google: Google, order: Order) -> JSON | None:
    """Return the customer that the account already is at Google, if that is still one of ours."""
    customer_id = order.vendor_ids.get("customer_id", "")
    customer = told(google, customer_id) if customer_id else None
    return customer if is_ours(customer) else None


def check(google: Google, wanted: Wanted, customer: Told | None) -> None:
    """Raise Rejected, naming the field, where the order's domain cannot become, or is not, this account's customer."""
    if customer is not None:
        domain = str(customer.get("customerDomain", "")).lower()
        if domain != wanted.domain:
            raise Rejected(OTHER_DOMAIN, code="domain_refused", at="domain", known=domain)
        return
    there = told(google, wanted.domain)
    if there is not None and _is_this(there, wanted.customer):
        return  # made by an order that came to nothing
    if is_ours(there):
        raise Rejected(TAKEN, code="domain_refused", at="domain", domain=wanted.domain)
    if there is not None and not wanted.token:
        raise Rejected(SOLD_ELSEWHERE, code="token_needed", at="domain", domain=wanted.domain)
    if wanted.token:
        check_transfer(google, wanted)


def check_transfer(google: Google, wanted: Wanted) -> None:
    """Raise Rejected, naming the field, where what the order wants cannot be transferred by its token."""
    try:
        rows = list(google.subscriptions(wanted.domain, customerAuthToken=wanted.token))
    except Rejected as refusal:
        raise Rejected(BAD_TOKEN, code=refusal.code, at="transfer_token", reason=refusal) from refusal
    found = next((row for row in rows if row.get("skuId") == wanted.sku), None)
    if found is None:
        values = {"domain": wanted.domain, "sku": wanted.sku}
        raise Rejected(NOTHING_TO_TRANSFER, code="nothing_to_transfer", at="transfer_token", **values)
    least = int((found.get("transferInfo") or {}).get("minimumTransferableSeats") or 0)
    if wanted.seats < least:
        raise Rejected(TOO_FEW, code="too_few_seats", at=wanted.key, least=least, domain=wanted.domain)


def made(google: Google, wanted: Wanted, steps: Steps) -> str:
    """Make the customer, or take it over by the order's token, once; return its id."""
    body = wanted.customer
    params = {"customerAuthToken": wanted.token} if wanted.token else None

    def send(_request_id: str) -> JSON:
        check(google, wanted, None)
        made_before = find()
        if made_before is not None:
            return made_before
        try:
            customer = google.order(Api.RESELLER, "/customers", body, params=params)
        except Rejected as refusal:
            if refusal.code == DUPLICATE:
                raise Rejected(TAKEN, code=DUPLICATE, at="domain", domain=wanted.domain) from refusal
            raise
        domain = str(customer.get("customerDomain", "")).lower()
        if domain != wanted.domain or not customer.get("customerId"):
            raise LostAnswer(UNREADABLE, code="unreadable", answered=True)
        return {"customer_id": str(customer["customerId"])}

    def find() -> JSON | None:
        there = told(google, wanted.domain)
        return {"customer_id": str(there["customerId"])} if there is not None and _is_this(there, body) else None

    # Read by its domain, a customer is there at once.
    return str(steps.once(STEP, send=send, find=find, visible_after=timedelta(0))["customer_id"])


def _is_this(customer: Told, body: JSON) -> bool:
    """Return whether a customer of ours is the one that this order makes: the record has no place for a mark."""
    if not is_ours(customer):
        return False
    organization = body["postalAddress"].get("organizationName")
    same = customer["postalAddress"].get("organizationName") == organization
    return same and str(customer.get("alternateEmail", "")).lower() == body["alternateEmail"].lower()
