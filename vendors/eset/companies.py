"""Our customers at ESET: one for each order, because ESET sells a product to a customer once.

Its name is ours alone, and no two customers of ESET's have one name: by it a customer is found whose making was not
answered, and no licence of another order can be at it.
"""

from collections.abc import Iterator
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from vendors.base import JSON, Connection, Order, Party, Steps
from vendors.errors import Rejected
from vendors.eset.client import Ema

INCOMPLETE = gettext_noop("The account lacks “%(field)s”, which ESET demands of a customer. Fill it in on the account.")
# What an answer may call the new id: the vendor's page does not show it.
IDS = ("companyid", "publicid", "customerid", "id")
# So much of the account's name stands in the customer's.
LONGEST_NAME = 80


def name_of(order: Order) -> str:
    """Return what the customer of an order is called at ESET: the same in every attempt, and like no other."""
    mark = uuid5(NAMESPACE_URL, f"{settings.BASE_URL}#{order.reference}").hex[:10]
    return f"{order.account.company[:LONGEST_NAME].strip()} [{mark}]"


def make(ema: Ema, order: Order, steps: Steps) -> str:
    """Make the customer of an order, once, and return its id."""

    def send(_request_id: str) -> JSON:
        reply = ema.send("Company/Create/customer", **_body(ema.connection, order))
        # What the reply calls the id is not published: the list is believed, the reply where no list shows it yet.
        return {"company_id": find(ema, order) or _id_in(reply)}

    def look() -> JSON | None:
        identity = find(ema, order)
        return {"company_id": identity} if identity else None

    try:
        made = steps.once("company", send=send, find=look)
    except Rejected:
        # A name that is taken is refused: by the customer that an earlier attempt has made and no list shows yet.
        if look() is None:
            raise
        made = steps.once("company", send=send, find=look)
    return str(made["company_id"])


def find(ema: Ema, order: Order) -> str | None:
    """Return the id of an order's customer, None where no list shows one."""
    wanted = name_of(order).casefold()
    for row in _listed(ema):
        if str(row.get("name", "")).strip().casefold() == wanted:
            return str(row.get("publicid") or "") or None
    return None


def problems_of(account: Party) -> list[Rejected]:
    """Return all that ESET would not accept of the account as a customer, each naming its field."""
    demanded = (
        ("primary_name", _("Name"), account.company),
        ("email", _("E-mail"), _email_of(account)),
        ("street", _("Street"), account.address1),
        ("city", _("City"), account.city),
        ("zip", _("Postal code"), account.postal_code),
    )
    return [
        Rejected(INCOMPLETE, code="order_incomplete", at=field, field=label)
        for field, label, value in demanded
        if not value.strip()
    ]


def _listed(ema: Ema) -> Iterator[JSON]:
    parent = ema.connection.setting("parent_company") or _own_company(ema)
    return ema.pages("Company/Children", "companies", companyId=parent)


def _own_company(ema: Ema) -> str:
    company = ema.who_am_i().get("company")
    return str(company.get("companyid", "")) if isinstance(company, dict) else ""


def _body(connection: Connection, order: Order) -> JSON:
    """Return the members of a new customer; a place without regions has its city for one, because one is demanded."""
    account = order.account
    return {
        "parentCompanyId": connection.setting("parent_company"),
        "name": name_of(order),
        "email": _email_of(account),
        "address": {
            "state": account.region or account.city,
            "city": account.city,
            "streetAddress": account.address1,
            "zipCode": account.postal_code,
        },
        "tags": [],
        "customIdentifier": account.id,
        "comment": order.label,
        "vatId": "",
        "description": "",
    }


def _email_of(account: Party) -> str:
    return account.contact.email or account.email


def _id_in(reply: object) -> str:
    """Return the id that a reply tells; raises ValueError where it tells none."""
    told = reply if isinstance(reply, str) else None
    if isinstance(reply, dict):
        told = next((str(reply[name]) for name in IDS if reply.get(name)), None)
    if not told:
        raise ValueError("The reply names no company.")
    return told
