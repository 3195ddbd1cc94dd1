"""Changes of a subscription that is there: each an absolute value, read back before it is believed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils.translation import gettext_noop

from vendors.base import JSON, Service, Steps
from vendors.errors import Gone, LostAnswer, Misconfigured, NotFound
from vendors.kaspersky.client import Details, Korm

NOT_SHOWN = gettext_noop("Kaspersky accepted the request, but its records do not show it. It will be looked up.")
NO_SUBSCRIPTION = gettext_noop("Kaspersky no longer has subscription %(subscription)s.")
ANOTHER_SERVER = gettext_noop(
    "Subscription %(subscription)s was made at %(known)s, and %(server)s does not know it. Correct the connection's"
    " address."
)


@dataclass(frozen=True)
class Change:
    """A call with its members, and whether details show it as done: None where they do not tell."""

    call: str
    there: Callable[[Details], bool | None]
    members: JSON = field(default_factory=dict)


CANCEL = Change("hardcancel", lambda details: details.is_over)
RENEW = Change("renew", lambda details: details.runs)


def quantity_of(wanted: int) -> Change:
    """Return the change to a number of licences; details do not tell it for sure."""
    return Change(
        "modifyquantity",
        lambda details: None if details.quantity is None else details.quantity == wanted,
        {"Quantity": wanted},
    )


def approval_of(code: str) -> Change:
    """Return the change to an approval code, which no published details tell: sent twice, it is the same."""
    return Change("modifyattributes", lambda _details: None, {"ApprovalCode": code})


def number_of(service: Service) -> str:
    """Return a service's id at Kaspersky. Raises Gone for one that has none."""
    number = service.vendor_ids.get("subscription_id", "")
    if not number:
        raise Gone(NO_SUBSCRIPTION, subscription="—")
    return number


def living(korm: Korm, service: Service) -> Details:
    """Return how a service stands. Raises Gone where the server that made it does not know it any more."""
    number = number_of(service)
    try:
        return korm.details(number)
    except NotFound as missing:
        known = service.vendor_ids.get("server", "")
        if known and known != korm.server:
            values = {"subscription": number, "known": known, "server": korm.server}
            raise Misconfigured(ANOTHER_SERVER, code="another_server", **values) from missing
        raise Gone(NO_SUBSCRIPTION, code=missing.code, subscription=number) from missing


def carry_out(korm: Korm, service: Service, change: Change, steps: Steps) -> None:
    """Carry a change out once, where it is not there already. Raises VendorError."""
    number = number_of(service)
    result = {"subscription_id": number, **{name: str(value) for name, value in change.members.items()}}

    def send(_request_id: str) -> JSON:
        if not change.there(living(korm, service)):
            korm.send(change.call, number, **change.members)
            if change.there(korm.details(number)) is False:
                raise LostAnswer(NOT_SHOWN, code="not_shown", answered=True)
        return result

    def find() -> JSON | None:
        return result if change.there(living(korm, service)) else None

    # Details are read by the id, and show at once what was done.
    steps.once(change.call, send=send, find=find, visible_after=timedelta(0))
