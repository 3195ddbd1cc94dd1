"""What a customer is told of a service."""

from django.utils import translation

from customer_panel.services import FactShown, service_of
from subscriptions.models import Subscription

TOLD = {
    "domain": {"label": "Domain", "value": "acme.onmicrosoft.com"},
    "portal": {"label": "Portal", "value": "https://portal.example.com/"},
    "trap": {"label": "Trap", "value": "javascript:alert(1)"},
}


def test_service_knows_its_facts_its_domain_and_the_way_in() -> None:
    with translation.override("en"):
        service = service_of(Subscription(attributes=TOLD))
    assert service.facts == tuple(FactShown(fact["label"], fact["value"]) for fact in TOLD.values())
    assert (service.domain, service.way_in) == ("acme.onmicrosoft.com", "https://portal.example.com/")


def test_only_a_secure_address_is_a_way_in() -> None:
    service = service_of(Subscription(attributes={"trap": TOLD["trap"]}))
    assert (service.domain, service.way_in) == ("", "")


def test_service_of_which_nothing_is_told_has_none_of_it() -> None:
    assert service_of(Subscription(attributes={})).facts == ()
