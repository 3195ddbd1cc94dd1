"""A service as its customer knows it: what it is called, what the vendor told of it, and the way in."""

from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from subscriptions.models import Subscription, SubscriptionStatus
from vendors.registry import plugin_for

# In which statuses people can work with a service: it is provided and not stopped.
USABLE = frozenset(
    {
        SubscriptionStatus.ACTIVE,
        SubscriptionStatus.GRACED,
        SubscriptionStatus.UPDATING,
        SubscriptionStatus.UPDATING_FAILED,
        SubscriptionStatus.STOPPING_FAILED,
    }
)
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
    portal: str = ""

    @property
    def way_in(self) -> str:
        """Where the service is used: what the vendor told of this one, else its portal; "" where it cannot be used."""
        if self.subscription.status not in USABLE:
            return ""
        return next((fact.value for fact in self.facts if fact.is_address), self.portal)


def service_of(subscription: Subscription) -> Service:
    """Return the subscription as its customer knows it."""
    told = subscription.attributes
    facts = tuple(FactShown(gettext(fact["label"]), str(fact["value"])) for fact in told.values())
    domain = str(told.get("domain", {}).get("value", ""))
    return Service(subscription, facts, domain=domain, portal=portal_of(subscription))


def portal_of(subscription: Subscription) -> str:
    """Return the address at which people sign in at the service's vendor; "" where it has none."""
    connection = subscription.plan.template.connection
    return plugin_for(connection.plugin).portal if connection is not None else ""


def secret_label(key: str) -> str:
    """Return what a secret is called that the vendor's plugin keeps under this name."""
    return str(SECRETS.get(key, key.replace("_", " ").capitalize()))
