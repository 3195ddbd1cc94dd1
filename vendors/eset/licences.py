"""Licences at ESET: read by their public id, found at their customer, ordered and changed once."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_noop

from vendors.base import JSON, NeverAgain, Service, Steps
from vendors.errors import Gone, NotFound, Rejected, Unlisted
from vendors.eset.client import Ema
from vendors.eset.refusals import (
    ALREADY_ORDERED,
    ALREADY_RUNNING,
    ALREADY_SUSPENDED,
    CONVERTED,
    NOT_ACTIVE,
    NOT_SUSPENDED,
    SAME_QUANTITY,
)

FULL, TRIAL = 1, 4
# A licence's states (Enum/LicenseStates). More activated than ordered is Error; a trial that is over is Obsolete.
ERROR, OBSOLETE, SUSPENDED = 0, 2, 3
STATES = {0: "Error", 1: "Normal", 2: "Obsolete", 3: "Suspended", 4: "Warning"}
KEY = re.compile(r"[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{3}", re.IGNORECASE)
KEY_MEMBERS = ("publiclicensekey", "publicid", "licensekey", "key")
AT_ONCE = timedelta(0)

LICENCE_GONE = gettext_noop("ESET no longer has the licence %(licence)s of ours.")
NOT_LISTED = gettext_noop(
    "ESET says that product %(product)s is ordered for its customer %(company)s already, and lists no such licence."
    " Look for the customer in ESET MSP Administrator, and enter the public licence ID that stands there."
)
NOT_CONVERTED_YET = gettext_noop(
    "The trial %(licence)s is no longer there, and ESET lists no licence of product %(product)s at its customer"
    " %(company)s. Look for the customer in ESET MSP Administrator, and enter the public licence ID that stands there."
)
# What an operator types of a licence that nobody can look up.
TOLD = NeverAgain((("licence_id", gettext_noop("Public licence ID")),))


@dataclass(frozen=True)
class Licence:
    """A licence as ESET tells of it now; `usage` is how many units are activated, `quantity` what is billed."""

    key: str
    company: str
    product: str
    name: str
    quantity: int
    usage: int
    state: int
    trial: bool
    trial_until: str

    @property
    def runs(self) -> bool:
        """Whether computers may use it."""
        return self.state not in (SUSPENDED, OBSOLETE)

    def is_at(self, company: str, product: str) -> bool:
        """Return whether it is of this product and customer."""
        return (self.company.casefold(), self.product) == (company.casefold(), product)


class Licences:
    """The calls about licences over one connection."""

    def __init__(self, ema: Ema) -> None:
        self.ema = ema

    # -- what is there

    def read(self, key: str) -> Licence:
        """Return a licence; raises NotFound where ESET does not know it, or not as ours."""
        told = self.ema.ask("License/Detail", publicLicenseKey=key)
        try:
            return Licence(
                key=_key_of(told),
                company=str(told["customerid"]),
                product=str(told["productcode"]),
                name=str(told.get("productname") or told["productcode"]),
                quantity=int(told["quantity"]),
                usage=int(told.get("usage") or 0),
                state=int(told["state"]),
                trial=bool(told.get("trial")),
                trial_until=str(told.get("trialexpiration") or "")[:10],
            )
        except (KeyError, TypeError, ValueError) as fault:
            raise self.ema.unreadable() from fault

    def at(self, company: str, product: str) -> Licence | None:
        """Return the licence of a product at a customer, of which there is one at most; None where none is listed."""
        try:
            rows = list(self.ema.pages("Search/Licenses", "search", keyword=product, customerId=company))
        except NotFound:  # the customer is nobody's any more, or another's
            return None
        for row in rows:
            found = self.read(_key_of(row))
            if found.is_at(company, product):
                return found
        return None

    def of(self, service: Service) -> Licence:
        """Return a service's licence, under another id where ESET has given it one. Raises Gone where it has none."""
        company, key = service.vendor_ids.get("company_id", ""), service.vendor_ids.get("licence_id", "")
        try:
            return self.read(key)
        except NotFound as missing:
            self.ema.who_am_i()  # what follows counts only while ESET tells who we are
            found = self.at(company, product_of(service))
            if found is None:
                raise Gone(LICENCE_GONE, licence=key) from missing
            if found.key.casefold() == key.casefold():
                raise self.ema.unreadable() from missing  # listed, and not told of: asked again
            return found

    # -- what is changed

    def order(self, company: str, product: str, quantity: int, kind: int, steps: Steps) -> str:
        """Order a product for a customer of this order's own; return the public id.

        Ordered a second time, ESET says that it is there already, so that a lost order is sent again.
        """

        def send(_request_id: str) -> JSON:
            body = {"customerId": company, "productCode": product, "quantity": quantity, "licenseType": kind}
            try:
                reply = self.ema.send("License/Order", **body)
            except Rejected as refusal:
                if refusal.code != ALREADY_ORDERED:
                    raise
                there = find()
                if there is None:
                    raise Unlisted(NOT_LISTED, code=refusal.code, product=product, company=company) from refusal
                return there
            told = self.read(_key_of(reply))
            if not told.is_at(company, product):
                raise ValueError("The reply is about another licence.")
            return {"licence_id": told.key}

        def find() -> JSON | None:
            found = self.at(company, product)
            return {"licence_id": found.key} if found else None

        made = steps.once("licence", send=send, find=find, repeats=True, never_again=TOLD)
        return str(made["licence_id"])

    def set_quantity(self, key: str, quantity: int, steps: Steps) -> None:
        """Bring a licence to a quantity; the same again is refused by ESET (48) and as good as done."""
        self._change(
            "quantity",
            key,
            is_there=lambda licence: licence.quantity == quantity,
            call=lambda: self.ema.send("License/UpdateQuantity", publicLicenseKey=key, quantity=quantity),
            as_good=(SAME_QUANTITY,),
            steps=steps,
        )

    def suspend(self, key: str, steps: Steps) -> None:
        """Suspend a licence; one that does not run any more is as good as suspended."""
        self._change(
            "suspended",
            key,
            is_there=lambda licence: not licence.runs,
            call=lambda: self.ema.send("License/Suspend", publicLicenseKey=key),
            as_good=(ALREADY_SUSPENDED, NOT_ACTIVE),
            steps=steps,
        )

    def unsuspend(self, key: str, steps: Steps) -> None:
        """Let a suspended licence run again."""
        self._change(
            "running",
            key,
            is_there=lambda licence: licence.state != SUSPENDED,
            call=lambda: self.ema.send("License/Unsuspend", publicLicenseKey=key),
            as_good=(ALREADY_RUNNING, NOT_SUSPENDED),
            steps=steps,
        )

    def change_product(self, key: str, product: str, quantity: int, steps: Steps) -> None:
        """Make another product of a full licence that runs."""
        body = {"publicLicenseKey": key, "newProductCode": product, "quantity": quantity}
        self._change(
            "product",
            key,
            is_there=lambda licence: licence.product == product,
            call=lambda: self.ema.send("License/ChangeProduct", **body),
            as_good=(),
            steps=steps,
        )

    def convert(self, company: str, trial: str, product: str, quantity: int, steps: Steps) -> str:
        """Make a full licence of a trial; return its public id, which may be another than the trial's."""

        def send(_request_id: str) -> JSON:
            try:
                reply = self.ema.send("License/ConvertToFull", publicLicenseKey=trial, quantity=quantity)
            except Rejected as refusal:
                there = find() if refusal.code == CONVERTED or isinstance(refusal, NotFound) else None
                if there is None:
                    raise
                return there
            told = self.read(_key_of(reply))
            if told.trial or not told.is_at(company, product):
                raise ValueError("The reply is about another licence.")
            return {"licence_id": told.key}

        def find() -> JSON | None:
            try:
                found: Licence | None = self.read(trial)
            except NotFound as missing:
                found = self.at(company, product)
                if found is None:
                    raise Unlisted(NOT_CONVERTED_YET, licence=trial, product=product, company=company) from missing
            return {"licence_id": found.key} if found and not found.trial else None

        made = steps.once("converted", send=send, find=find, repeats=True, never_again=TOLD)
        return str(made["licence_id"])

    def _change(
        self,
        name: str,
        key: str,
        *,
        is_there: Callable[[Licence], bool],
        call: Callable[[], object],
        as_good: tuple[str, ...],
        steps: Steps,
    ) -> None:
        """Have a licence be as wanted. ESET answers with nothing, so it is believed once the licence says so."""

        def look() -> Licence:
            try:
                return self.read(key)
            except NotFound as missing:  # it was there a moment ago (`of`): the next attempt sees whether it is gone
                raise self.ema.unreadable() from missing

        def send(_request_id: str) -> JSON:
            if is_there(look()):
                return {"licence_id": key}
            try:
                call()
            except Rejected as refusal:
                if refusal.code not in as_good or not is_there(look()):
                    raise
                return {"licence_id": key}
            if not is_there(look()):
                raise ValueError("The licence is not as the reply says.")
            return {"licence_id": key}

        def find() -> JSON | None:
            return {"licence_id": key} if is_there(look()) else None

        steps.once(name, send=send, find=find, visible_after=AT_ONCE)


def product_of(service: Service) -> str:
    """Return which product a service is of: it has one resource."""
    return next((resource.offer for resource in service.resources.values()), "")


def _key_of(told: object) -> str:
    """Return the public id that a reply names; raises ValueError where it names none."""
    key = told if isinstance(told, str) else None
    if isinstance(told, dict):
        key = next((told[name] for name in KEY_MEMBERS if isinstance(told.get(name), str)), None)
    if key is None or not KEY.fullmatch(key):
        raise ValueError("The reply names no licence.")
    return key
