"""What an order wants of Google, and all that Google would not take of it, each at its field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import idna
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from vendors.base import JSON, Order, Party, Resource
from vendors.commitments import END_OF_TERM, AtEnd
from vendors.errors import Rejected
from vendors.gsuite import plans, products

LONGEST_LOGIN = 64
ONE_EACH = gettext_noop("One subscription at Google is of one product: choose one in the application template.")
INCOMPLETE = gettext_noop("The account lacks “%(field)s”, which Google demands. Fill it in on the account.")
NO_DOMAIN = gettext_noop(
    "“%(typed)s” is no domain for mail. Enter the customer's own domain without “www.” and “@”, such as example.com."
)
NO_ALTERNATE = gettext_noop("“%(typed)s” is no e-mail address. Enter one that the customer reads today.")
IN_DOMAIN = gettext_noop(
    "%(typed)s is in %(domain)s, where mail may not arrive yet. Enter an e-mail address in another domain."
)
NO_LOGIN = gettext_noop(
    "The administrator's login has at most 64 letters, digits, dots, hyphens and underscores: enter it without “@”."
)
TOO_MANY_IN_TRIAL = gettext_noop("A trial at Google has at most %(most)s seats. Order fewer, or a paid plan.")
_DOMAIN = re.compile(r"(?=.{4,253}$)(?!www\.)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")
_ADDRESS = re.compile(r"[^@\s]{1,64}@([a-z0-9-]+\.)+[a-z0-9-]{2,63}", re.IGNORECASE)
_LOGIN = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True)
class Wanted:
    """What is bought, and for whom. `token` is a transfer token, "" where nobody else has the domain yet."""

    domain: str
    alternate: str
    login: str
    token: str
    sku: str
    seats: int
    key: str
    plan: str
    at_end: AtEnd
    account: Party
    mark: str

    @classmethod
    def of(cls, order: Order) -> "Wanted":
        """Return what an order wants. Raises Rejected where it is not of one product that is sold."""
        key, resource = one_of(order.resources)
        answers = {name: value.strip() for name, value in order.answers.items()}
        return cls(
            domain=_in_ascii(answers.get("domain", "")),
            alternate=answers.get("alternate_email", ""),
            login=answers.get("admin_login", "") or "admin",
            token=answers.get("transfer_token", ""),
            sku=resource.offer,
            seats=resource.quantity,
            key=key,
            plan=plans.wanted(order.options, trial=order.term.trial),
            at_end=AtEnd(order.options.get(END_OF_TERM) or AtEnd.RENEWS),
            account=order.account,
            mark=order.reference,
        )

    @property
    def admin(self) -> str:
        """The first administrator's address."""
        return f"{self.login}@{self.domain}".lower()

    @property
    def names(self) -> tuple[str, str]:
        """The contact person's names: Google takes nobody without both."""
        contact = self.account.contact
        return contact.first_name or self.account.company[:60], contact.last_name or self.account.company[:60]

    @property
    def customer(self) -> JSON:
        """The customer's record, as the Reseller API takes it."""
        account = self.account
        address = {
            "contactName": f"{account.contact.first_name} {account.contact.last_name}".strip() or account.company,
            "organizationName": account.company,
            "addressLine1": account.address1,
            "addressLine2": account.address2,
            "locality": account.city,
            "region": account.region,
            "postalCode": account.postal_code,
            "countryCode": account.country,
        }
        told = {name: value.strip()[:255] for name, value in address.items() if value.strip()}
        phone = re.sub(r"[^\d+]", "", account.phone or account.contact.phone)
        return {
            "kind": "reseller#customer",
            "customerDomain": self.domain,
            "alternateEmail": self.alternate,
            "postalAddress": {"kind": "customers#address", **told},
            **({"phoneNumber": phone} if phone.startswith("+") else {}),
        }


def one_of(resources: Mapping[str, Resource]) -> tuple[str, Resource]:
    """Return the one resource, with its key. Raises Rejected for several, and for what is not sold."""
    if len(resources) != 1:
        raise Rejected(ONE_EACH, code="one_each")
    ((key, resource),) = resources.items()
    products.name_of(resource.offer)
    return key, resource


def problems_of(wanted: Wanted) -> list[Rejected]:
    """Return all that Google would refuse of an order whatever is there already, each naming its field."""
    found = list(_of_answers(wanted))
    account = wanted.account
    demanded = (
        ("primary_name", _("Name"), account.company),
        ("zip", _("Postal code"), account.postal_code),
        ("country", _("Country"), account.country),
    )
    found += [
        Rejected(INCOMPLETE, code="order_incomplete", at=field, field=label)
        for field, label, value in demanded
        if not value.strip()
    ]
    if wanted.plan == plans.TRIAL and wanted.seats > plans.MOST_IN_TRIAL:
        found.append(Rejected(TOO_MANY_IN_TRIAL, code="trial_limit", at=wanted.key, most=plans.MOST_IN_TRIAL))
    return found


def _of_answers(wanted: Wanted) -> list[Rejected]:
    found = []
    if not _DOMAIN.fullmatch(wanted.domain):
        found.append(Rejected(NO_DOMAIN, code="domain_refused", at="domain", typed=wanted.domain))
    if not _ADDRESS.fullmatch(wanted.alternate):
        found.append(Rejected(NO_ALTERNATE, code="email_refused", at="alternate_email", typed=wanted.alternate))
    elif _is_in(wanted.alternate, wanted.domain):
        values = {"typed": wanted.alternate, "domain": wanted.domain}
        found.append(Rejected(IN_DOMAIN, code="email_refused", at="alternate_email", **values))
    if not _LOGIN.fullmatch(wanted.login):
        found.append(Rejected(NO_LOGIN, code="login_refused", at="admin_login"))
    return found


def _is_in(address: str, domain: str) -> bool:
    host = address.rpartition("@")[2].lower()
    return host == domain or host.endswith(f".{domain}")


def _in_ascii(domain: str) -> str:
    """Return a domain as DNS has it: with letters of other scripts in Punycode, in lower case."""
    given = domain.lower().rstrip(".")
    try:
        return given if given.isascii() else idna.encode(given, uts46=True).decode("ascii")
    except idna.IDNAError:
        return given
