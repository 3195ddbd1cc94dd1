"""An order of a certificate, from its placing to the certificate, and its renewal."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop

from vendors.base import JSON, Done, Fact, NeverAgain, Order, Outcome, Service, Steps, Waiting, Who
from vendors.errors import Gone, LostAnswer, NotFound, Parked, Rejected
from vendors.opensrs import csr as requests
from vendors.opensrs import xcp
from vendors.opensrs.client import OpenSRS
from vendors.opensrs.contacts import contact_set
from vendors.opensrs.errors import UNREADABLE
from vendors.opensrs.products import PRODUCTS, SERVER, Product

# The step that buys. No command of OpenSRS lists orders by a mark of ours, so it is never sent a second time by itself.
STEP = "order"
TOLD = (("order_id", gettext_noop("Number of the order at OpenSRS")),)
# States of an order, and of a certificate; the vendor writes them with "-" or "_".
PENDING, AWAITING, CONFIRMED, IN_PROGRESS = "pending", "awaiting approval", "approver confirmed", "in progress"
ENDED = frozenset({"declined", "cancelled"})
OPEN = frozenset({PENDING, AWAITING, CONFIRMED, IN_PROGRESS})
# The vendor lists certificates by the day on which they run out; none is sold for longer.
LONGEST = timedelta(days=5 * 366)
# An authority holds an order for about a month before it gives it up by itself.
PATIENCE = timedelta(days=30)

APPROVE = gettext_noop(
    "The certificate authority has sent a mail to %(address)s. Open it and follow its link, to confirm that you control"
    " %(domain)s; the certificate is issued within minutes after that."
)
ISSUING = gettext_noop("The order is confirmed. The certificate authority is issuing the certificate for %(domain)s.")
CHECKING = gettext_noop(
    "The certificate authority is checking the organization that orders for %(domain)s. It may call or write to the"
    " contact person."
)
ON_HOLD = gettext_noop("Order %(order)s stands in OpenSRS' control panel as pending. Process it there, or decline it.")
DECLINED = gettext_noop(
    "OpenSRS or the certificate authority has ended order %(order)s for %(domain)s (%(state)s). Delete the subscription"
    " here, and order anew."
)
ANOTHERS = gettext_noop(
    "Order %(order)s at OpenSRS is not ours: it is for another domain, product or request. Look again, and say which"
    " order it is, or that there is none."
)
UNKNOWN_ORDER = gettext_noop("OpenSRS no longer has order %(order)s.")
UNKNOWN_CERTIFICATE = gettext_noop("OpenSRS no longer has certificate %(certificate)s.")
REVOKED = gettext_noop("Certificate %(certificate)s was revoked at OpenSRS.")
TOO_EARLY = gettext_noop(
    "OpenSRS renews this certificate from 60 days before its last day (%(last)s) to 15 days after it. Renew it then."
)

DOMAIN = gettext_noop("Domain")
CERTIFICATE = gettext_noop("Certificate")
STATE = gettext_noop("State at OpenSRS")
APPROVER = gettext_noop("Who approves")
VALID_FROM = gettext_noop("Valid from")
VALID_UNTIL = gettext_noop("Valid until")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def state_of(told: Mapping[str, Any]) -> str:
    """Return the state of an order or certificate, its words set apart by spaces."""
    return re.sub(r"[-_]", " ", str(told.get("state", ""))).strip().lower()


def day_of(told: Mapping[str, Any], name: str) -> str:
    """Return a day that the vendor tells, in both of its spellings, as ISO 8601; "" where there is none."""
    found = _DAY.match(str(told.get(name, "")).strip())
    return found[0] if found else ""


def product_of(offer: str) -> Product:
    """Return the product of an offer. Raises Rejected for one that is not sold here."""
    if offer not in PRODUCTS:
        raise Rejected(
            gettext_noop("OpenSRS sells no “%(product)s” here. Choose another product in the template."),
            code="product_unknown",
            product=offer,
        )
    return PRODUCTS[offer]


@dataclass(frozen=True)
class Purchase:
    """What is bought: for a new certificate from an order, for a renewal from the order before it."""

    product: Product
    domain: str
    csr: str
    approver: str
    years: int
    contacts: Mapping[str, Any]
    server: str = SERVER
    renews: str = ""

    @classmethod
    def of(cls, order: Order) -> "Purchase":
        """Return what an order wants. Raises Rejected for what cannot be bought."""
        (resource,) = order.resources.values()
        product = product_of(resource.offer)
        request = requests.read(order.answers.get("csr", ""))
        approver = order.answers.get("approver", "").strip().lower()
        return cls(
            product,
            request.domain,
            request.pem,
            approver if product.by_domain else "",
            years_of(order.term.months),
            contact_set(product, order.account),
        )

    def attributes(self, mark: str) -> JSON:
        """Return the attributes of sw_register; the mark of ours goes into the order's notes."""
        told: JSON = {
            "reg_type": "renew" if self.renews else "new",
            "handle": "process",
            "product_type": self.product.type,
            "csr": self.csr,
            "domain": self.domain,
            "period": str(self.years),
            "server_type": self.server,
            "contact_set": self.contacts,
            "comments": mark,
        }
        if self.approver:
            told["approver_email"] = self.approver
        return told | ({"product_id": self.renews} if self.renews else {})


def years_of(months: int | None) -> int:
    """Return for how many years a term is. Raises Rejected for one that is not of whole years, or too long."""
    years, rest = divmod(12 if months is None else months, 12)
    if rest or not 1 <= years <= 2:
        raise Rejected(
            gettext_noop(
                "Certificates are sold for one or two years, not for %(months)s months. Choose another period."
            ),
            code="term_refused",
            months=months,
        )
    return years


def placed(opensrs: OpenSRS, purchase: Purchase, steps: Steps, *, now: datetime) -> JSON:
    """Buy once; return {"order_id"}, or {"product_id"} where only the certificate was found that came of it."""

    def send(_request_id: str) -> JSON:
        if purchase.renews:
            _check_renewable(opensrs, purchase.renews)
        told = opensrs.order("sw_register", purchase.attributes(steps.reference))
        number = str(told.get("order_id", "")).strip()
        if (
            not (number.isascii() and number.isdigit())
            or str(told.get("domain", "")).strip().lower() != purchase.domain
        ):
            raise LostAnswer(UNREADABLE, code="unreadable", answered=True)
        return {"order_id": number, "domain": purchase.domain}

    return steps.once(
        STEP,
        send=send,
        find=lambda: find(opensrs, purchase, steps.reference, now=now),
        never_again=NeverAgain(TOLD),
    )


def _check_renewable(opensrs: OpenSRS, certificate_id: str) -> None:
    told = certificate(opensrs, certificate_id)
    if str(told.get("is_renewable", "")) != "1":
        raise Rejected(TOO_EARLY, code="not_renewable", last=day_of(told, "expiry_date"))


def find(opensrs: OpenSRS, purchase: Purchase, mark: str, *, now: datetime) -> JSON | None:
    """Return the certificate that an order with this mark has become; None says nothing of orders that still wait."""
    window = {
        "min_expiry_date": now.date().isoformat(),
        "max_expiry_date": (now + LONGEST).date().isoformat(),
    }
    for told in xcp.listed(opensrs.ask("get_products", window).get("product_list")):
        if str(told.get("domain", "")).lower() != purchase.domain or told.get("product_type") != purchase.product.type:
            continue
        whole = certificate(opensrs, str(told["product_id"]), all_info="1")
        if any(_bears(mark, note) for note in xcp.listed(whole.get("notes_list"))):
            return {"product_id": str(told["product_id"])}
    return None


def _bears(mark: str, note: Any) -> bool:
    text = str(note.get("note", "")) if isinstance(note, dict) else str(note)
    return re.search(rf"(?<![\w:]){re.escape(mark)}(?![\w:])", text) is not None


def changed(wanted: Purchase, told: Mapping[str, Any]) -> JSON:
    """Return what an order that waits has to say otherwise than its record: attributes of update_order."""
    found: JSON = {}
    if not requests.same(str(told.get("csr", "")), wanted.csr):
        found["csr"] = wanted.csr
    if wanted.approver and wanted.approver != str(told.get("approver_email", "")).strip().lower():
        found["approver_email"] = wanted.approver
    if wanted.contacts != told.get("contact_set"):
        found["contact_set"] = wanted.contacts
    return found


def information(opensrs: OpenSRS, order_id: str) -> Mapping[str, Any]:
    """Return all that the vendor tells of an order. Raises NotFound, Gone for one that has another's id."""
    told = opensrs.ask("get_order_info", {"order_id": order_id}, sought=f"orders/{order_id}")
    if str(told.get("order_id", order_id)) != order_id:
        raise NotFound(UNKNOWN_ORDER, code="480", sought=f"orders/{order_id}", order=order_id)
    return told


def certificate(opensrs: OpenSRS, product_id: str, **more: str) -> Mapping[str, Any]:
    """Return all that the vendor tells of a certificate. Raises NotFound."""
    return opensrs.ask("get_product_info", {"product_id": product_id, **more}, sought=f"products/{product_id}")


def settled(opensrs: OpenSRS, purchase: Purchase, found: JSON) -> Outcome:
    """Return where a placed order stands: done, or who has to act. Raises Rejected where it was ended, Parked where an
    operator named an order that is not this one.
    """
    if "order_id" not in found:
        return issued(opensrs, found["product_id"], {"product_id": found["product_id"]})
    number = str(found["order_id"]).strip()
    typed = "domain" not in found
    try:
        told = information(opensrs, number)
    except NotFound:
        if typed:
            raise Parked(ANOTHERS, step=STEP, told=TOLD, order=number) from None
        raise
    if typed and not _is_ours(told, purchase):
        raise Parked(ANOTHERS, step=STEP, told=TOLD, order=number)
    return standing(opensrs, number, told, purchase)


def _is_ours(told: Mapping[str, Any], purchase: Purchase) -> bool:
    fits = (str(told.get("domain", "")).lower(), told.get("product_type")) == (purchase.domain, purchase.product.type)
    # A renewal is for the same domain, product and request as the order before it, which is not the renewal.
    kind = str(told.get("reg_type", "")).lower()
    other_kind = bool(kind) and kind.startswith("renew") is not bool(purchase.renews)
    old = bool(purchase.renews) and str(told.get("product_id", "")).strip() == purchase.renews
    return fits and not other_kind and not old and requests.same(str(told.get("csr", "")), purchase.csr)


def standing(opensrs: OpenSRS, number: str, told: Mapping[str, Any], purchase: Purchase) -> Outcome:
    """Return what an order's state means."""
    ids = {"order_id": number, "domain": purchase.domain}
    certificate_id = str(told.get("product_id", "")).strip()
    if certificate_id:
        return issued(opensrs, certificate_id, ids | {"product_id": certificate_id})
    state = state_of(told)
    if state in ENDED:
        raise Rejected(DECLINED, code="declined", order=number, domain=purchase.domain, state=state)
    facts = [Fact("domain", DOMAIN, purchase.domain), Fact("certificate", CERTIFICATE, purchase.product.name)]
    approver = str(told.get("approver_email") or purchase.approver)
    if approver:
        facts.append(Fact("approver", APPROVER, approver))
    facts.append(Fact("state", STATE, state))
    message, who, again = _instruction(state, purchase.product)
    values = {"address": approver, "domain": purchase.domain, "order": number}
    named = {name: value for name, value in values.items() if f"%({name})s" in message}
    return Waiting(message, named, who=who, vendor_ids=ids, facts=tuple(facts), look_again=again, at_most=PATIENCE)


def _instruction(state: str, product: Product) -> tuple[str, Who, timedelta]:
    """Return what is to be done in a state, by whom, and when it makes sense to look again."""
    if state == PENDING:
        return ON_HOLD, Who.OPERATOR, timedelta(hours=1)
    if state == AWAITING and product.by_domain:
        return APPROVE, Who.CUSTOMER, timedelta(minutes=5)
    if state == CONFIRMED or product.by_domain:
        return ISSUING, Who.VENDOR, timedelta(minutes=2)
    return CHECKING, Who.VENDOR, timedelta(hours=1)


def issued(opensrs: OpenSRS, certificate_id: str, ids: Mapping[str, str]) -> Done:
    """Return what a certificate leaves behind: its ids, and until when it is valid."""
    told = certificate(opensrs, certificate_id)
    domain = str(told.get("domain", "")).strip().lower()
    return Done({"domain": domain, **ids}, facts=facts_of(told))


def facts_of(told: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Return what is shown of a certificate."""
    kind = str(told.get("product_type", ""))
    facts = (
        Fact("domain", DOMAIN, str(told.get("domain", "")).strip()),
        Fact("certificate", CERTIFICATE, PRODUCTS[kind].name if kind in PRODUCTS else kind),
        Fact("state", STATE, state_of(told)),
        Fact("valid_from", VALID_FROM, day_of(told, "start_date")),
        Fact("valid_until", VALID_UNTIL, day_of(told, "expiry_date")),
    )
    return tuple(fact for fact in facts if fact.value)


def renewal_of(opensrs: OpenSRS, service: Service, *, years: int) -> Purchase:
    """Return the renewal of a service's certificate: what its order said, once more. Raises Gone, Rejected."""
    certificate_id = service.vendor_ids.get("product_id", "")
    told = living(opensrs, certificate_id)
    whole = certificate(opensrs, certificate_id, all_info="1")
    order_id = service.vendor_ids.get("order_id", "")
    before = information(opensrs, order_id) if order_id else {}
    request = requests.read(str(whole.get("csr", "")))
    product = product_of(str(told.get("product_type", "")))
    approver = str(before.get("approver_email") or whole.get("approver_email") or "")
    return Purchase(
        product,
        request.domain,
        request.pem,
        approver if product.by_domain else "",
        years,
        whole.get("contact_set") or {},
        str(before.get("server_type") or SERVER),
        renews=certificate_id,
    )


def living(opensrs: OpenSRS, number: str) -> Mapping[str, Any]:
    """Return what the vendor tells of a service's certificate. Raises Gone where it has it no more, or revoked it."""
    try:
        told = certificate(opensrs, number)
    except NotFound as missing:
        raise Gone(UNKNOWN_CERTIFICATE, code=missing.code, certificate=number) from missing
    if state_of(told) == "revoked":
        raise Gone(REVOKED, code="revoked", certificate=number)
    return told
