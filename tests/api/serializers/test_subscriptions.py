"""What a vendor told of a service, as the API's additional attributes."""

from api.serializers.subscriptions import additional_attributes
from subscriptions.models import Subscription


def test_additional_attributes_are_ids_and_facts_by_key() -> None:
    row = Subscription(
        attributes={"domain": {"label": "Domain", "value": "contoso.onmicrosoft.com"}},
        vendor_ids={"customer_id": "7d3c1a90", "subscription_id": 17},
        parameters={"domain_prefix": "contoso"},
    )
    assert additional_attributes(row) == {
        "domain": "contoso.onmicrosoft.com",
        "customer_id": "7d3c1a90",
        "subscription_id": "17",
    }
