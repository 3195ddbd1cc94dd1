"""End-customer charges (CR-583): own and child, list and by id."""

from api.serializers.charges import CHARGE
from api.views.resources import ResourceViewSet
from billing.filters import ChargeFilter
from billing.queries import charges_visible_to


class ChargeViewSet(ResourceViewSet):
    """What customers owe, and where each charge stands."""

    right = "charges.view"
    rows_visible_to = staticmethod(charges_visible_to)
    shape = CHARGE
    filterset = ChargeFilter
    filters = (
        "id", "status", "type", "subscription_id", "account_id", "order_id", "close_date", "close_date__gt",
        "close_date__lt", "created_at__gt", "created_at__lt", "updated_at__gt", "updated_at__lt",
    )  # fmt: skip
    sorts = {"id": "id", "created_at": "created_at", "updated_at": "updated_at"}
    natural = {"close_date": "closed_on", "updated_at": "updated_at", "created_at": "created_at"}
