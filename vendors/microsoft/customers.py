"""Making a Microsoft customer of an account: what Microsoft demands, the customer, the agreement."""

import logging
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop

from vendors.base import JSON, Order, Party, Steps
from vendors.errors import Gone, Rejected, together
from vendors.microsoft import demands, resellers
from vendors.microsoft.errors import DOMAIN_TAKEN, NEW_CUSTOMER
from vendors.microsoft.partner_center import Members, PartnerCenter, id_of, require_same, same_id

logger = logging.getLogger(__name__)

DOMAIN_SUFFIX = ".onmicrosoft.com"
DOMAIN_IS_TAKEN = "domain_taken"
PREFIX = re.compile(r"[a-z0-9]([a-z0-9-]{0,25}[a-z0-9])?")
# Where our own look found nothing wrong in these, Microsoft is asked about the address.
ADDRESS_FIELDS = frozenset({"country", "region", "city", "street", "office", "zip", "phone"})

# Microsoft calls the first administrator of every tenant so (specification 4.2).
ADMINISTRATOR = "admin"
PASSWORD = "admin_password"  # noqa: S105  # the name of a secret
PASSWORD_LOST = gettext_noop(
    "The first password of %(user)s is not known: Microsoft tells it once, and that answer was lost. Unless another"
    " subscription of the account shows it, the provider sets a new one in Partner Center: the customer,"
    " “Users and licenses”, this user, “Reset password”."
)
PREFIX_WRONG = gettext_noop(
    "The domain prefix may have up to 27 Latin letters, digits and hyphens: choose one like “contoso”."
)


def domain_of(order: Order) -> str:
    """Return the domain that the order asks for; the suffix may have been typed along."""
    prefix = order.answers.get("domain_prefix", "").strip().casefold()
    return prefix.removesuffix(DOMAIN_SUFFIX) + DOMAIN_SUFFIX


def problems_of(partner_center: PartnerCenter, order: Order) -> list[Rejected]:
    """Return all that Microsoft would not accept of the order's account and answers, each naming its field."""
    found = demands.problems_of(order.account, partner_center.rules_where_sold)
    domain = domain_of(order)
    if domain == DOMAIN_SUFFIX and order.vendor_ids.get("customer_id"):
        found.append(Rejected(NEW_CUSTOMER, code="domain_refused", at="domain_prefix"))
    elif not PREFIX.fullmatch(domain.removesuffix(DOMAIN_SUFFIX)):
        found.append(Rejected(PREFIX_WRONG, code="domain_refused", at="domain_prefix"))
    else:
        try:
            find(partner_center, order)  # one that an earlier attempt made for this account is ours to use
        except Rejected as refusal:
            if refusal.code != DOMAIN_IS_TAKEN:
                raise
            found.append(refusal)
    return found


def validate(partner_center: PartnerCenter, order: Order) -> None:
    """Raise Rejected, naming every field, when Microsoft would not take the order's account as a customer.

    Our own look at the published rules comes first, Microsoft's check of the address after. An account that is
    Microsoft's customer already was checked when it became one; one whose customer is gone there becomes a new one.
    """
    if known(partner_center, order) is not None:
        return
    found = problems_of(partner_center, order)
    if not any(problem.field in ADDRESS_FIELDS for problem in found):
        try:
            partner_center.validate_address(address_of(partner_center, order.account))
        except Rejected as rejection:
            found.append(rejection)
    if found:
        raise together(found)


def known(partner_center: PartnerCenter, order: Order) -> JSON | None:
    """Return the customer that the account is at Microsoft already, None where it never was one or is gone there."""
    customer_id = order.vendor_ids.get("customer_id")
    if not customer_id:
        return None
    try:
        customer = partner_center.living_customer(customer_id)
    except Gone as gone:
        logger.info("customer %s is gone at Microsoft (%s): a new one is made", customer_id, gone.code)
        return None
    return {"customer_id": str(customer["id"]), "domain": str(customer["companyProfile"]["domain"])}


def provide(partner_center: PartnerCenter, order: Order, steps: Steps, *, delegated: bool = False) -> JSON:
    """Return the order's customer {"customer_id", "domain"}, made once if the account has none at Microsoft yet.

    `delegated`: it is made with delegated administration for us.
    """
    customer = known(partner_center, order)
    if customer is not None:
        return customer
    if not order.answers.get("domain_prefix", "").strip() and order.vendor_ids.get("customer_id"):
        raise Rejected(NEW_CUSTOMER, code="domain_refused", at="domain_prefix")
    return steps.once(
        "customer",
        send=lambda request_id: _created(partner_center, order, steps, request_id, delegated),
        find=lambda: find(partner_center, order),
        recover=lambda request_id: _recover_password(partner_center, order, steps, request_id, delegated),
        # A second customer never comes of an early repetition: the domain is taken by then.
        visible_after=timedelta(0),
    )


def find(partner_center: PartnerCenter, order: Order) -> JSON | None:
    """Return the customer that an earlier attempt made for this order, or None; raises Rejected for a stranger's."""
    domain = domain_of(order)
    if not partner_center.domain_is_taken(domain):
        return None
    customer = partner_center.customer_with_domain(domain)
    if customer is None or not _is_of(customer, order.account):
        raise Rejected(DOMAIN_TAKEN, code=DOMAIN_IS_TAKEN, at="domain_prefix", domain=domain)
    return {"customer_id": str(customer["id"]), "domain": domain}


def confirm_agreement(
    partner_center: PartnerCenter,
    customer_id: str,
    order: Order,
    *,
    kind: str,
    user_id: str,
    now: datetime,
    steps: Steps,
) -> None:
    """Confirm once, with the account's contact person as signer (CR-544), that the customer accepted the agreement.

    An agreement of the kind that the customer accepted earlier is enough.
    """
    path = f"customers/{customer_id}/agreements"

    def find_agreement() -> JSON | None:
        accepted = partner_center.collection(path, params={"agreementType": kind})
        agreement = next((item for item in accepted if item["type"] == kind), None)
        return None if agreement is None else {"template_id": str(agreement["templateId"])}

    def send(request_id: str) -> JSON:
        earlier = find_agreement()
        if earlier is not None:
            return earlier
        missing = demands.signer_problems(order.account)
        if missing:
            raise together(missing)
        template_id = partner_center.newest_agreement_template(kind)
        body = _agreement(order.account, template_id=template_id, kind=kind, user_id=user_id, now=now)
        made = partner_center.write("POST", path, body, request_id=request_id).body
        require_same(id_of(made, "templateId"), template_id)
        return {"template_id": template_id}

    # Confirming once more costs nothing, and a customer's agreements are read at once.
    steps.once("agreement", send=send, find=find_agreement, visible_after=timedelta(0))


def address_of(partner_center: PartnerCenter, account: Party) -> dict[str, str]:
    """Return the account's address as Microsoft wants it: a state where the country has states, else the region."""
    rules = partner_center.country_rules(account.country)
    address = {
        "firstName": account.contact.first_name[: demands.NAME_LENGTH],
        "middleName": account.contact.middle_name[: demands.NAME_LENGTH],
        "lastName": account.contact.last_name[: demands.NAME_LENGTH],
        "addressLine1": account.address1,
        "addressLine2": account.address2,
        "city": account.city,
        "postalCode": account.postal_code,
        "country": account.country,
        "phoneNumber": demands.phone_of(account, rules) or account.phone,
    }
    # Never both: a region beside a US state is refused with 27002.
    if rules.get("isStateRequired"):
        address["state"] = demands.state_of(account, rules) or account.region.upper()
    else:
        address["region"] = account.region
    return {name: value for name, value in address.items() if value}


def _created(partner_center: PartnerCenter, order: Order, steps: Steps, request_id: str, delegated: bool) -> JSON:
    domain = domain_of(order)
    # An order of the same account that ran beside this one may have made the customer; a stranger's raises Rejected.
    beside = find(partner_center, order)
    if beside is not None:
        return beside
    wrong = demands.problems_of(order.account, partner_center.rules_where_sold)
    if wrong:
        raise together(wrong)
    partner_center.validate_address(address_of(partner_center, order.account))
    body = _customer(partner_center, order, delegated)
    customer = partner_center.write("POST", "customers", body, request_id=request_id).body
    require_same(customer["companyProfile"]["domain"], domain)
    _seal_password(customer, order, steps)
    return {"customer_id": id_of(customer), "domain": domain}


def _seal_password(customer: Members, order: Order, steps: Steps) -> None:
    """Keep the first administrator's password, told only in this answer, before anything else can fail."""
    credentials = customer.get("userCredentials") or Members()
    if credentials.get("password"):
        user = f"{credentials['userName']}@{domain_of(order)}"
        steps.seal({"admin_user": user, PASSWORD: str(credentials["password"])})


def _recover_password(
    partner_center: PartnerCenter, order: Order, steps: Steps, request_id: str, delegated: bool
) -> None:
    """Get back the password that a lost answer told, or note that nobody knows it.

    Creating is idempotent by its request id (specification 2.5): sent again, it is answered as before. Where Microsoft
    has forgotten the id, it refuses the domain, which is taken by then: a second customer never comes of it.
    """
    if request_id and not steps.has_sealed(PASSWORD):
        try:
            body = _customer(partner_center, order, delegated)
            again = partner_center.write("POST", "customers", body, request_id=request_id)
        except Rejected as refusal:
            logger.info("the answer to %s is not told again: %s", request_id, refusal.code)
        else:
            require_same(again.body["companyProfile"]["domain"], domain_of(order))
            _seal_password(again.body, order, steps)
    if not steps.has_sealed(PASSWORD):
        user = f"{ADMINISTRATOR}@{domain_of(order)}"
        steps.seal({"admin_user": user})
        steps.note(PASSWORD_LOST, user=user)


def _customer(partner_center: PartnerCenter, order: Order, delegated: bool) -> dict[str, Any]:
    account = order.account
    rules = partner_center.country_rules(account.country)
    culture = _culture(rules, account.language)
    body: dict[str, Any] = {
        "companyProfile": {"domain": domain_of(order)},
        "billingProfile": {
            "email": account.email,  # CR-494: the account's own, not admin@<tenant>
            "culture": culture,
            "language": culture.partition("-")[0],
            "companyName": account.company,
            "firstName": account.contact.first_name[: demands.NAME_LENGTH],
            "lastName": account.contact.last_name[: demands.NAME_LENGTH],
            "defaultAddress": address_of(partner_center, account),
        },
    }
    if account.country in demands.REGISTRATION_NUMBERS:
        body["companyProfile"]["organizationRegistrationNumber"] = demands.registration_number_of(account)
    if order.reseller.get(resellers.TENANT):
        body["associatedPartnerId"] = order.reseller[resellers.TENANT]
    if delegated:
        body["enableGDAPByDefault"] = True
    return body


def _culture(rules: Members, language: str) -> str:
    """Return the country's culture in the account's language where Microsoft has it, else the country's own."""
    supported = [str(culture) for culture in rules.get("supportedCulturesList") or []]
    wanted = language.partition("-")[0]
    own = [culture for culture in supported if culture.partition("-")[0].casefold() == wanted.casefold()]
    return own[0] if own else str(rules.get("defaultCulture") or "en-US")


def _agreement(account: Party, *, template_id: str, kind: str, user_id: str, now: datetime) -> dict[str, Any]:
    contact = account.contact
    signer = {"firstName": contact.first_name, "lastName": contact.last_name, "email": contact.email}
    if contact.phone:
        signer["phoneNumber"] = contact.phone
    body: dict[str, Any] = {
        "primaryContact": signer,
        "templateId": template_id,
        "dateAgreed": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "type": kind,
    }
    # Required in 2019, derived from the token later (specification 5).
    return body | ({"userId": user_id} if user_id else {})


def _is_of(customer: Members, account: Party) -> bool:
    """Return whether the customer is the one made for this account: its company and main contact's e-mail match."""
    profile = customer["billingProfile"]
    return same_id(str(profile.get("companyName") or ""), account.company) and same_id(
        str(profile.get("email") or ""), account.email
    )
