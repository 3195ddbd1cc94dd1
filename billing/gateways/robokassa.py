"""Robokassa: cards, in a shop that is kept in roubles or in tenge.

Source: docs.robokassa.ru, "Pay interface" and "Notifications and redirects" (read 28 November 2026). The address of a
payment is signed with the shop's first password, a message about one (ResultURL) with the second, over the text of the
amount as it stands there. The answer to a message is OK and the number.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from billing.gateways.base import Asked, Forged, Told, Wanted
from core.money import minor_units

PAGES = {
    "RUB": "https://auth.robokassa.ru/Merchant/Index.aspx",
    "KZT": "https://auth.robokassa.kz/Merchant/Index.aspx",
}
# What the shop's technical settings offer and Python's OpenSSL has on every machine.
ALGORITHMS = ("sha256", "sha384", "sha512", "sha1", "md5")
# The description may have letters, digits and punctuation marks, at most a hundred.
NOT_IN_A_TEXT = re.compile(r"[^\w .,:;!?()/#№-]")
AN_AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,8})?")
A_NUMBER = re.compile(r"[1-9][0-9]{0,17}")


class Robokassa:
    """The gateway; `Gateway` says what each member gives."""

    key = "robokassa"
    name = "Robokassa"
    currencies = tuple(PAGES)
    fields = (
        Asked("merchant_login", _("Shop identifier"), _("MerchantLogin of the shop's technical settings.")),
        Asked(
            "algorithm",
            _("Hash algorithm"),
            _("The one that is chosen in the shop's technical settings."),
            choices=tuple((name, name.upper()) for name in ALGORITHMS),
        ),
        Asked("password_1", _("Password 1"), _("Signs what a customer is asked to pay."), secret=True),
        Asked("password_2", _("Password 2"), _("Signs what the gateway tells us."), secret=True),
        Asked(
            "test",
            _("Test mode"),
            _("Nothing is charged in test mode; the shop has passwords of its own for it."),
            choices=(("", _("no")), ("1", _("yes"))),
        ),
        Asked("address", _("Another address"), _("Left empty, Robokassa's own page is used.")),
    )

    def page(self, values: Mapping[str, str], currency: str, wanted: Wanted) -> str:
        amount = f"{wanted.amount:.{minor_units(currency)}f}"
        signed = (values["merchant_login"], amount, str(wanted.number), values["password_1"])
        query = {
            "MerchantLogin": values["merchant_login"],
            "OutSum": amount,
            "InvId": str(wanted.number),
            "Description": NOT_IN_A_TEXT.sub(" ", wanted.text)[:100],
            "SignatureValue": _signature(values, signed),
            "Culture": "ru" if wanted.language == "ru" else "en",
            "Encoding": "utf-8",
        }
        if values.get("test"):
            query["IsTest"] = "1"
        return f"{values.get('address') or PAGES[currency]}?{urlencode(query)}"

    def read(self, values: Mapping[str, str], fields: Mapping[str, str]) -> Told:
        amount, number = fields.get("OutSum", ""), fields.get("InvId", "")
        own = sorted(name for name in fields if name.lower().startswith("shp_"))
        signed = (amount, number, values["password_2"], *(f"{name}={fields[name]}" for name in own))
        given = fields.get("SignatureValue", "").lower()
        if not hmac.compare_digest(given.encode(), _signature(values, signed).encode()):
            raise Forged("the signature does not belong to the message")
        if not AN_AMOUNT.fullmatch(amount) or not A_NUMBER.fullmatch(number):
            raise Forged("the message names no amount or no number")
        return Told(int(number), Decimal(amount))

    def receipt(self, told: Told) -> str:
        return f"OK{told.number}"


def _signature(values: Mapping[str, str], signed: tuple[str, ...]) -> str:
    return hashlib.new(values["algorithm"], ":".join(signed).encode()).hexdigest()
