"""What an order becomes at Kaspersky: the body of `create`, and what it answers."""

import re
from collections.abc import Mapping
from functools import cache

from babel.core import get_global
from django.utils.translation import gettext_noop

from vendors.base import JSON, Connection, Order, Party
from vendors.errors import LostAnswer, Rejected
from vendors.kaspersky.client import UNREADABLE

# The one plan that the platform charges as: "Yearly" is seen in a client, "Monthly" is inferred.
BILLING_PLAN = "Monthly"
# KL48633A*MG: the product, and a star in the place of the range that the quantity falls into.
SKU = re.compile(r"KL\d{4}[0-9A-Z]{2}[0-9A-Z*][0-9A-Z]{2}")
NUMBER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
CODE = re.compile(r"[A-Z0-9]{5}(-[A-Z0-9]{5}){3}")
# Codes of countries that are no more, which CLDR keeps beside those of today.
PAST = frozenset({"BUR", "ZAR", "DDR", "FXX", "TMP", "YMD"})

WRONG_SKU = gettext_noop(
    "“%(sku)s” is no SKU of Kaspersky's: write it as in its price list, for example KL48633A*MG, star included."
)
WRONG_RANGE = gettext_noop("The range ends (%(most)s) before it begins (%(least)s): correct one of them.")
ONE_RESOURCE = gettext_noop("A Kaspersky subscription is of one resource: leave %(count)s others out of the template.")
OUT_OF_RANGE = gettext_noop(
    "Kaspersky sells this product for %(least)s to %(most)s licences, and %(wanted)s are wanted. Order as many, or"
    " choose a plan for more."
)
NO_COMPANY = gettext_noop("Kaspersky wants the company's name: fill it in on the account.")
NO_COUNTRY = gettext_noop("Kaspersky wants the customer's country: choose it on the account.")


def sku_of(options: Mapping[str, str]) -> str:
    """Return the SKU that a template sells."""
    return options.get("sku", "").strip().upper()


def problems_of_template(options: Mapping[str, str], resources: int) -> list[Rejected]:
    """Return what is wrong with a template's settings, each with its field."""
    found, sku = [], sku_of(options)
    if not SKU.fullmatch(sku):
        found.append(Rejected(WRONG_SKU, code="wrong_sku", at="sku", sku=sku))
    least, most = _range(options)
    if most is not None and most < least:
        found.append(Rejected(WRONG_RANGE, code="wrong_range", at="most", least=least, most=most))
    if resources != 1:
        found.append(Rejected(ONE_RESOURCE, code="one_resource", count=resources - 1))
    return found


def problem_of_quantity(options: Mapping[str, str], wanted: int) -> Rejected | None:
    """Return what is wrong with a number of licences, None where it lies in the template's range."""
    least, most = _range(options)
    if wanted >= least and (most is None or wanted <= most):
        return None
    return Rejected(OUT_OF_RANGE, code="out_of_range", least=least, most="∞" if most is None else most, wanted=wanted)


def _range(options: Mapping[str, str]) -> tuple[int, int | None]:
    most = options.get("most", "")
    return int(options.get("least") or 1), int(most) if most else None


def problems_of_account(account: Party) -> list[Rejected]:
    """Return what Kaspersky would miss of the customer, each at its field of the account."""
    found = []
    if not account.company.strip():
        found.append(Rejected(NO_COMPANY, code="no_company", at="primary_name"))
    if not country_of(account.country):
        found.append(Rejected(NO_COUNTRY, code="no_country", at="country"))
    return found


def body_of(order: Order, connection: Connection, mark: str) -> JSON:
    """Return the body of `create`; the mark of ours goes where people at Kaspersky see it, for no call looks for it."""
    (resource,) = order.resources.values()
    account, options = order.account, order.options
    contacts = {
        "CompanyName": account.company,
        "Email": account.contact.email or account.email,
        "Phone": account.phone or account.contact.phone,
        "CustomerCode": mark,
    }
    address = {
        "AddressLine1": account.address1,
        "AddressLine2": account.address2,
        "City": account.city,
        "State": account.region,
        "Zip": account.postal_code,
        "Country": country_of(account.country),
    }
    sellers = {"Partner": connection.setting("partner"), "Reseller": connection.setting("reseller")}
    body: JSON = {
        "BillingPlan": BILLING_PLAN,
        "Sku": sku_of(options),
        "Quantity": resource.quantity,
        "Expiration": None,
        "Customer": {"Contacts": _known(contacts), "Address": _known(address)},
        "Distributor": _known(sellers),
        "ApprovalCode": options.get("approval_code", ""),
        "Comment": mark,
        "DeliveryEmail": contacts["Email"],
    }
    return {name: value for name, value in body.items() if value not in ("", {})}


def _known(values: dict[str, str]) -> dict[str, str]:
    return {name: value.strip() for name, value in values.items() if value.strip()}


def made_of(told: JSON) -> tuple[str, str, str]:
    """Return id, activation code and licence number of an answer to `create`.

    Raises LostAnswer for one that does not read so: whatever it is, something may have been made.
    """
    number, code = str(told.get("SubscriptionId", "")), str(told.get("ActivationCode", "")).strip().upper()
    if not NUMBER.fullmatch(number) or not CODE.fullmatch(code):
        raise LostAnswer(UNREADABLE, code="unreadable", answered=True)
    return number.lower(), code, str(told.get("LicenseId") or "").strip()


@cache
def _three_letters() -> dict[str, str]:
    """Return the countries' codes of three letters by those of two, from CLDR, which knows them as other names."""
    aliases: dict[str, list[str]] = get_global("territory_aliases")  # type: ignore[assignment]  # Babel types it wider
    return {
        two[0]: three
        for three, two in aliases.items()
        if len(three) == 3 and three.isalpha() and len(two) == 1 and three not in PAST
    }


def country_of(code: str) -> str:
    """Return a country's code of three letters, as the published client writes it; "" for what is no country."""
    return _three_letters().get(code.upper(), "")
