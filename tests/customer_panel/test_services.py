"""What a customer is told of a service."""

import pytest
from django.utils import translation

from customer_panel.services import FactShown, service_of
from subscriptions.models import ApplicationTemplate, Plan, Subscription, SubscriptionStatus
from vendors.models import VendorConnection

TOLD = {
    "domain": {"label": "Domain", "value": "acme.onmicrosoft.com"},
    "portal": {"label": "Portal", "value": "https://portal.example.com/"},
    "trap": {"label": "Trap", "value": "javascript:alert(1)"},
}


def bought(told: dict[str, object], *, status: str = SubscriptionStatus.ACTIVE, plugin: str = "") -> Subscription:
    """Return a subscription, in no database, of which the vendor has told so much; no plugin: no vendor."""
    connection = VendorConnection(plugin=plugin) if plugin else None
    plan = Plan(template=ApplicationTemplate(connection=connection))
    return Subscription(attributes=told, status=status, plan=plan)


def test_service_knows_its_facts_its_domain_and_the_way_in() -> None:
    with translation.override("en"):
        service = service_of(bought(TOLD, plugin="office365"))
    assert service.facts == tuple(FactShown(fact["label"], fact["value"]) for fact in TOLD.values())
    assert (service.domain, service.way_in) == ("acme.onmicrosoft.com", "https://portal.example.com/")


def test_only_a_secure_address_is_a_way_in() -> None:
    service = service_of(bought({"trap": TOLD["trap"]}))
    assert (service.domain, service.way_in) == ("", "")


def test_service_of_which_nothing_is_told_has_its_vendors_portal_and_without_a_vendor_nothing() -> None:
    ways = {plugin: service_of(bought({}, plugin=plugin)) for plugin in ("", "office365")}
    assert {plugin: (service.facts, service.way_in) for plugin, service in ways.items()} == {
        "": ((), ""),
        "office365": ((), "https://portal.office.com/"),
    }


@pytest.mark.parametrize("status", SubscriptionStatus)
def test_there_is_a_way_in_while_the_service_can_be_used(status: str) -> None:
    usable = {"active", "graced", "updating", "updating_failed", "stopping_failed", "renewing", "renewing_failed"}
    assert bool(service_of(bought(TOLD, status=status, plugin="office365")).way_in) is (status in usable)
