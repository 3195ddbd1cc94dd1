"""The OpenSRS plugin: certificates, Comodo PositiveSSL among them (CR-507)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from vendors.base import (
    JSON,
    Access,
    Connection,
    Done,
    Field,
    FieldKind,
    Offer,
    Order,
    Outcome,
    Probe,
    Service,
    Steps,
    Support,
    Task,
    Term,
    VendorPlugin,
    Verdict,
)
from vendors.capabilities import (
    Action,
    CorrectsOrders,
    Document,
    Does,
    Link,
    ObservesServices,
    OffersActions,
    RenewsTerms,
    Said,
)
from vendors.errors import Gone, LostAnswer, NotFound, Rejected, together
from vendors.opensrs import chain, contacts, orders, xcp
from vendors.opensrs import csr as requests
from vendors.opensrs.client import LIVE, OpenSRS
from vendors.opensrs.errors import UNREADABLE
from vendors.opensrs.products import PRODUCTS
from vendors.registry import register

STAYS_VALID = gettext_noop(
    "The certificate for %(domain)s stays valid until %(last)s: OpenSRS has no command that revokes one. Where it must"
    " not be used any more, ask OpenSRS' support to revoke certificate %(certificate)s."
)
CANCELLING = _(
    "An order that is not issued yet is cancelled at OpenSRS. A certificate that is issued stays valid to its last day;"
    " only OpenSRS' support revokes it."
)
ONE_EACH = gettext_noop("One order is for one certificate: order %(count)s times, with a request (CSR) each.")
NOT_AN_APPROVER = gettext_noop("%(address)s may not approve for %(domain)s. Choose one of: %(allowed)s.")
WRONG_KIND = gettext_noop(
    "The request is for %(domain)s: choose a product for one name, or make a request without “*.”."
)
NEEDS_WILDCARD = gettext_noop("The product covers all names below a domain: make a request for *.%(domain)s.")
SENT_AGAIN = gettext_noop("The mail was sent to %(address)s once more.")
OTHER_DOMAIN = gettext_noop(
    "Order %(order)s is for %(domain)s: a request (CSR) for another domain is another order. Make it for %(domain)s, or"
    " delete the subscription and order anew."
)
TOO_LATE = gettext_noop("Order %(order)s can no longer be corrected at OpenSRS: it is %(state)s.")
PEM = "application/x-pem-file"
RESEND, MAIL, CERTIFICATE, CHAIN = "resend", "mail", "certificate", "chain"
# By the action: the command that sends the mail, and which member of the order's record names who gets it.
SENDING = {RESEND: ("resend_approve_email", "approver_email"), MAIL: ("resend_cert_email", "contact_email")}


@register
class OpenSRSCertificates(VendorPlugin, RenewsTerms, OffersActions, ObservesServices, CorrectsOrders):
    """Certificates as a reseller of OpenSRS sells them."""

    slug = "opensrs"
    name = _("OpenSRS certificates")
    # Nothing of OpenSRS' is looked for in a list whose absence is believed: what cannot be looked up is parked.
    visible_after = timedelta(0)
    secret_names = frozenset({"x-signature"})
    support = Support(change=False, lower=False, suspend=False)
    settings_fields = (
        Field("username", _("User name of the reseller")),
        Field("key", _("Private key of the API"), FieldKind.SECRET, help=_("Live and test system have one each.")),
        Field(
            "base_url",
            _("Server"),
            FieldKind.URL,
            default=LIVE,
            help=_("The test system, horizon.opensrs.net, issues no real certificates."),
        ),
    )
    order_fields = (
        Field(
            "csr",
            _("Request for a certificate (CSR)"),
            FieldKind.LONG_TEXT,
            used_by=orders.STEP,
            helper="opensrs/make_csr.html",
            help=_("Made on your server together with a private key, which stays there and is not sent to anybody."),
        ),
        Field(
            "approver",
            _("Who approves"),
            FieldKind.CHOICE,
            used_by=orders.STEP,
            after=("csr",),
            help=_("The certificate authority sends a mail there, to make sure that the domain is yours."),
        ),
    )

    # -- the connection -----------------------------------------------------------------------------------------

    def check_access(self, connection: Connection) -> Access:
        """List the certificates that run out today: the cheapest command that needs the key."""
        opensrs, day = OpenSRS(connection), connection.now.date().isoformat()
        opensrs.ask("get_products", {"min_expiry_date": day, "max_expiry_date": day})
        return Access({"user": opensrs.username, "server": urlsplit(opensrs.base).netloc})

    def catalogue(self, connection: Connection) -> Iterator[Offer]:
        """Yield the types of certificate; the vendor has no command that lists them."""
        for product in PRODUCTS.values():
            yield product.offer

    # -- the order form -----------------------------------------------------------------------------------------

    def follow_up(self, connection: Connection, order: Order) -> tuple[Field, ...]:
        """Return who may approve, once the request is read; products that people check need nobody."""
        product = orders.product_of(_offer(order))
        request = self._read(connection, order)
        if not product.by_domain:
            return ()
        allowed = _approvers(OpenSRS(connection), request.domain, product.type)
        (field,) = (field for field in self.order_fields if field.after)
        return (replace(field, choices=tuple((address, address) for address in allowed)),)

    def validate_order(self, connection: Connection, order: Order) -> None:
        """Raise Rejected, naming each field, for what OpenSRS would not take: request, approver, contacts."""
        found = contacts.problems_of(order.account)
        product = orders.product_of(_offer(order))
        orders.years_of(order.term.months)
        (resource,) = order.resources.values()
        if resource.quantity != 1:
            found.append(Rejected(ONE_EACH, code="one_each", count=resource.quantity))
        try:
            request = self._read(connection, order)
        except Rejected as refusal:
            found.append(refusal)
        else:
            address = order.answers.get("approver", "").strip().lower()
            allowed = _approvers(OpenSRS(connection), request.domain, product.type) if product.by_domain else [address]
            if address not in allowed:
                values = {"address": address, "domain": request.domain, "allowed": ", ".join(allowed)}
                found.append(Rejected(NOT_AN_APPROVER, code="approver_refused", at="approver", **values))
        if found:
            raise together(found)

    def _read(self, connection: Connection, order: Order) -> requests.CSR:
        """Return the order's request, read by us and by OpenSRS. Raises Rejected at the field csr."""
        product = orders.product_of(_offer(order))
        request = requests.read(order.answers.get("csr", ""))
        if request.is_wildcard != product.is_wildcard:
            message = WRONG_KIND if request.is_wildcard else NEEDS_WILDCARD
            raise Rejected(message, code="csr_refused", at="csr", domain=request.domain)
        OpenSRS(connection).ask("parse_csr", {"csr": request.pem, "product_type": product.type})
        return request

    # -- a certificate's life -----------------------------------------------------------------------------------

    def provision(self, connection: Connection, order: Order, steps: Steps) -> Outcome:
        """Place the order once, and tell who has to act until there is a certificate."""
        opensrs, purchase = OpenSRS(connection), orders.Purchase.of(order)
        return orders.settled(opensrs, purchase, orders.placed(opensrs, purchase, steps, now=connection.now))

    def renew(self, connection: Connection, service: Service, term: Term, steps: Steps) -> Outcome:
        """Order the same certificate for another term: another order, and another certificate, come of it."""
        opensrs = OpenSRS(connection)
        purchase = orders.renewal_of(opensrs, service, years=orders.years_of(term.months))
        return orders.settled(opensrs, purchase, orders.placed(opensrs, purchase, steps, now=connection.now))

    def cancel(self, connection: Connection, service: Service, steps: Steps) -> Done:
        """Cancel an order that is not issued yet; of a certificate, tell that it stays valid."""
        opensrs = OpenSRS(connection)
        number = service.vendor_ids.get("order_id", "")
        told = _order_of(opensrs, number) if number else {}
        if orders.state_of(told) in orders.OPEN and not told.get("product_id"):
            told = self._cancelled(opensrs, number, steps)
        certificate_id = str(told.get("product_id") or service.vendor_ids.get("product_id", ""))
        if certificate_id:
            self._tell_what_stays(opensrs, certificate_id, steps)
        return Done(service.vendor_ids)

    def _cancelled(self, opensrs: OpenSRS, number: str, steps: Steps) -> Mapping[str, object]:
        def send(_request_id: str) -> JSON:
            told = opensrs.order("cancel_order", {"order_id": number}, sought=f"orders/{number}")
            if str(told.get("order_id", "")) != number or orders.state_of(told) not in orders.ENDED:
                raise LostAnswer(UNREADABLE, code="unreadable", answered=True)
            return {"state": orders.state_of(told)}

        def find() -> JSON | None:
            state = orders.state_of(_order_of(opensrs, number))
            return None if state in orders.OPEN else {"state": state}

        try:
            steps.once("cancel", send=send, find=find, visible_after=timedelta(0))
        except Rejected:
            # Issued while we were asking: the order's own record says so.
            if orders.state_of(_order_of(opensrs, number)) in orders.OPEN:
                raise
        return _order_of(opensrs, number)

    def _tell_what_stays(self, opensrs: OpenSRS, certificate_id: str, steps: Steps) -> None:
        told = orders.living(opensrs, certificate_id)
        last = orders.day_of(told, "expiry_date")
        steps.note(STAYS_VALID, domain=str(told.get("domain", "")), last=last, certificate=certificate_id)

    def probe(self, connection: Connection, task: Task) -> Probe:
        """Look whether OpenSRS' records show the operation as done; they do not tell of orders that still wait."""
        opensrs = OpenSRS(connection)
        service = task.service or Service({}, {})
        if task.action == "cancel":
            return self._probe_cancelled(opensrs, service)
        if task.order is not None:
            purchase = orders.Purchase.of(task.order)
        else:
            purchase = orders.renewal_of(opensrs, service, years=orders.years_of(task.term.months))
        found = orders.find(opensrs, purchase, task.reference, now=connection.now)
        if found is None:
            return Probe(Verdict.NOT_DONE)
        return Probe(Verdict.DONE, orders.issued(opensrs, found["product_id"], found))

    def _probe_cancelled(self, opensrs: OpenSRS, service: Service) -> Probe:
        number = service.vendor_ids.get("order_id", "")
        if number and orders.state_of(_order_of(opensrs, number)) in orders.OPEN:
            return Probe(Verdict.NOT_DONE)
        return Probe(Verdict.DONE, Done(service.vendor_ids))

    def correct(self, connection: Connection, service: Service, order: Order) -> None:
        """Send what the order says otherwise than OpenSRS' record of it: request, approver, contacts."""
        opensrs, wanted = OpenSRS(connection), orders.Purchase.of(order)
        number = service.vendor_ids.get("order_id", "")
        told = _order_of(opensrs, number)
        if wanted.domain != str(told.get("domain", "")).strip().lower():
            raise Rejected(OTHER_DOMAIN, code="other_domain", at="csr", order=number, domain=told.get("domain", ""))
        state = orders.state_of(told)
        if told.get("product_id") or state not in orders.OPEN:
            raise Rejected(TOO_LATE, code="too_late", order=number, state=state)
        changed = orders.changed(wanted, told)
        if changed:
            opensrs.order("update_order", {"order_id": number, **changed}, sought=f"orders/{number}")

    # -- questions ----------------------------------------------------------------------------------------------

    def notices(self, action: str) -> tuple[str, ...]:
        """Say before a deletion what it does not end."""
        return (str(CANCELLING),) if action == "cancel" else ()

    def observe(self, connection: Connection, service: Service) -> Done:
        """Return the certificate's dates and state as they are now, and its number where it was not known yet."""
        opensrs, ids = OpenSRS(connection), dict(service.vendor_ids)
        if not ids.get("product_id"):
            ids["product_id"] = str(_order_of(opensrs, ids.get("order_id", "")).get("product_id", ""))
        return Done(ids, facts=orders.facts_of(orders.living(opensrs, ids["product_id"])))

    def actions(self, service: Service) -> tuple[Action, ...]:
        """Return what the customer may do: have the mail sent again while it waits, then download."""
        if not service.vendor_ids.get("product_id"):
            again = Action(RESEND, _("Send the approver's mail again"), waiting=True)
            kinds = (PRODUCTS.get(resource.offer) for resource in service.resources.values())
            return (again,) if any(kind and kind.by_domain for kind in kinds) else ()
        return (
            Action(CHAIN, _("Download the certificate with its chain"), Does.DOWNLOADS),
            Action(CERTIFICATE, _("Download the certificate alone"), Does.DOWNLOADS),
            *((Action(MAIL, _("Send the certificate by mail again")),) if service.vendor_ids.get("order_id") else ()),
        )

    def act(self, connection: Connection, service: Service, name: str) -> Said | Link | Document:
        """Have the approver's mail sent again, or hand out the certificate."""
        opensrs = OpenSRS(connection)
        if name in (RESEND, MAIL):
            number = service.vendor_ids.get("order_id", "")
            command, member = SENDING[name]
            opensrs.order(command, {"order_id": number}, sought=f"orders/{number}")
            told = orders.information(opensrs, number)
            return Said(SENT_AGAIN, {"address": str(told.get(member, ""))})
        number = service.vendor_ids.get("product_id", "")
        wanted = {"product_id": number, "return_ca_certs": "1"}
        told = opensrs.ask("get_cert", wanted, sought=f"products/{number}")
        data, domain = told.get("cert_data"), service.vendor_ids.get("domain", "certificate").replace("*", "_")
        if name == CHAIN:
            return Document(f"{domain}.chain.pem", chain.chain_of(data), PEM)
        return Document(f"{domain}.pem", chain.certificate_of(data), PEM)


def _offer(order: Order) -> str:
    """Return the one product of an order."""
    if len(order.resources) != 1:
        raise Rejected(ONE_EACH, code="one_each", count=len(order.resources))
    (resource,) = order.resources.values()
    return resource.offer


def _approvers(opensrs: OpenSRS, domain: str, product_type: str) -> list[str]:
    told = opensrs.ask("query_approver_list", {"domain": domain, "product_type": product_type})
    addresses = (str(row.get("email", "")).strip().lower() for row in xcp.listed(told.get("approver_list")))
    return list(dict.fromkeys(filter(None, addresses)))


def _order_of(opensrs: OpenSRS, number: str) -> Mapping[str, object]:
    """Return what the vendor tells of a service's order. Raises Gone where it has it no more."""
    try:
        return orders.information(opensrs, number)
    except NotFound as missing:
        raise Gone(orders.UNKNOWN_ORDER, code=missing.code, order=number) from missing
