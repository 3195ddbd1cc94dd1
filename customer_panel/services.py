"""A service as its customer knows it: what it is called, what the vendor told of it, and the way in."""

from dataclasses import dataclass

from subscriptions.models import Subscription, SubscriptionStatus
from subscriptions.people.revealing import secret_labels
from vendors.facts import Line, in_order, lines_of
from vendors.registry import plugin_for

# In which statuses people can work with a service: it is provided and not stopped.
USABLE = frozenset(
    {
        SubscriptionStatus.ACTIVE,
        SubscriptionStatus.GRACED,
        SubscriptionStatus.UPDATING,
        SubscriptionStatus.UPDATING_FAILED,
        SubscriptionStatus.STOPPING_FAILED,
        SubscriptionStatus.RENEWING,
        SubscriptionStatus.RENEWING_FAILED,
    }
)


@dataclass(frozen=True)
class FactShown:
    """What the vendor told of a service, labelled in the reader's language."""

    label: str
    value: str
    # Whether it opens the service, where the vendor's plugin has said so.
    way_in: bool | None = None

    @property
    def is_address(self) -> bool:
        """Whether the value is a page to open, or a file to download."""
        return self.value.startswith(("https://", "http://"))

    @property
    def opens(self) -> bool:
        """Whether it is the way into the service: marked so, or a page whose address is safe and not marked at all."""
        return self.is_address and (self.value.startswith("https://") if self.way_in is None else self.way_in)


@dataclass(frozen=True)
class Service:
    """A subscription with what the vendor told of it."""

    subscription: Subscription
    facts: tuple[FactShown, ...]
    domain: str = ""
    portal: str = ""
    lines: tuple[Line, ...] = ()

    @property
    def way_in(self) -> str:
        """Where the service is used: what the vendor told of this one, else its portal; "" where it cannot be used."""
        if self.subscription.status not in USABLE:
            return ""
        marked = [fact.value for fact in self.facts if fact.is_address and fact.way_in]
        return next(iter([*marked, *(fact.value for fact in self.facts if fact.opens)]), self.portal)


def service_of(subscription: Subscription) -> Service:
    """Return the subscription as its customer knows it."""
    told = subscription.attributes
    known = in_order(told)
    facts = tuple(FactShown(fact.title, str(fact.value), fact.way_in) for fact in known)
    domain = str(told.get("domain", {}).get("value", ""))
    return Service(subscription, facts, domain=domain, portal=portal_of(subscription), lines=tuple(lines_of(known)))


def portal_of(subscription: Subscription) -> str:
    """Return the address at which people sign in at the service's vendor; "" where it has none."""
    connection = subscription.plan.template.connection
    return plugin_for(connection.plugin).portal if connection is not None else ""


def secret_label(subscription: Subscription, key: str) -> str:
    """Return what the vendor's plugin calls a secret that it keeps under this name."""
    return str(secret_labels(subscription).get(key, key.replace("_", " ").capitalize()))
