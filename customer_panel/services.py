"""A service as its customer knows it: what it is called, what the vendor told of it, and the way in."""

from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from subscriptions.models import Subscription

SECRETS = {"admin_user": _("Administrator's login"), "admin_password": _("First password")}


@dataclass(frozen=True)
class FactShown:
    """What the vendor told of a service, labelled in the reader's language."""

    label: str
    value: str

    @property
    def is_address(self) -> bool:
        """Whether the value is a page to open."""
        return self.value.startswith("https://")


@dataclass(frozen=True)
class Service:
    """A subscription with what the vendor told of it."""

    subscription: Subscription
    facts: tuple[FactShown, ...]
    domain: str = ""

    @property
    def way_in(self) -> str:
        """The address of the service itself, empty where the vendor told none."""
        return next((fact.value for fact in self.facts if fact.is_address), "")


def service_of(subscription: Subscription) -> Service:
    """Return the subscription as its customer knows it."""
    told = subscription.attributes
    facts = tuple(FactShown(gettext(fact["label"]), str(fact["value"])) for fact in told.values())
    return Service(subscription, facts, domain=str(told.get("domain", {}).get("value", "")))


def secret_label(key: str) -> str:
    """Return what a secret is called that the vendor's plugin keeps under this name."""
    return str(SECRETS.get(key, key.replace("_", " ").capitalize()))
