"""One key, one order: the same request sent twice is one order, and another request under its key is refused."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from core.errors import Refused
from core.fingerprint import fingerprint_of
from subscriptions.models import Order


class KeyTaken(Refused):
    """The idempotency key stands for an order with another content."""

    code = "idempotency_conflict"


@dataclass(frozen=True, slots=True)
class Key:
    """An account's key, None where the request has none, and the fingerprint of what is requested with it."""

    text: str | None
    fingerprint: str


def key_of(account: Account, key: str, content: list[object]) -> Key:
    """Return the key of a request by the account; each account has keys of its own."""
    return Key(f"{account.pk}:{key}" if key else None, fingerprint_of([account.pk, *content]) if key else "")


def placed_before(key: Key) -> Order | None:
    """Return the order that was placed under the key, None where there is none. Raises KeyTaken for other content."""
    if key.text is None:
        return None
    earlier = Order.objects.filter(idempotency_key=key.text).first()
    # Orders from before fingerprints were kept have none, and are taken for the same.
    if earlier is not None and earlier.idempotency_fingerprint not in ("", key.fingerprint):
        raise KeyTaken(
            _("The order %(order)s was placed with this key and another content. Use a new key for another order.")
            % {"order": earlier.number}
        )
    return earlier
