"""End-customer charges (CR-583): own and child, list and by id."""

from django.db.models import F, QuerySet

from accounts.actors import Actor
from api.serializers.charges import CHARGE
from api.views.resources import ResourceViewSet
from billing.filters import ChargeFilter
from billing.models import Charge
from billing.queries import charges_visible_to


class ChargeViewSet(ResourceViewSet):
    """What customers owe, and where each charge stands."""

    right = "charges.view"
    shape = CHARGE
    filterset = ChargeFilter
    filters = (
        "id", "status", "type", "subscription_id", "account_id", "order_id", "close_date", "close_date__gt",
        "close_date__lt", "created_at__gt", "created_at__lt", "updated_at__gt", "updated_at__lt",
    )  # fmt: skip
    sorts = {"id": "id", "created_at": "created_at", "updated_at": "updated_at"}
    natural = {"close_date": "closed_on", "updated_at": "updated_at", "created_at": "created_at"}
    paths = {
        "account": "account",
        "plan": "subscription__plan",
        "reseller": "reseller",
        "subscription": "subscription",
    }

    def rows_visible_to(self, actor: Actor) -> QuerySet[Charge]:
        """Return the charges that the actor sees."""
        return charges_visible_to(actor)

    def with_what_is_shown(self, rows: QuerySet[Charge]) -> QuerySet[Charge]:
        """Return the rows with the names and ids of their resources and plans."""
        return rows.annotate(
            resource_name=F("subscription_resource__name"),
            plan_resource_id=F("subscription_resource__plan_resource_id"),
            plan_id=F("subscription__plan_id"),
        )
