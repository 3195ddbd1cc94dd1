"""End-customer charges (CR-583): own and child, list and by id."""

from django.db.models import QuerySet

from accounts.actors import Actor
from api.serializers.charges import ChargeSerializer
from api.views.resources import ResourceViewSet
from billing.filters import ChargeFilter
from billing.models import Charge
from billing.queries import charges_visible_to


class ChargeViewSet(ResourceViewSet):
    """What customers owe, and where each charge stands."""

    right = "charges.view"
    serializer_class = ChargeSerializer
    filterset = ChargeFilter
    sorts = {"id": "id", "created_at": "created_at", "updated_at": "updated_at"}
    includes = {
        "account": "account",
        "plan": "subscription__plan",
        "reseller": "reseller",
        "subscription": "subscription",
    }

    def rows_visible_to(self, actor: Actor) -> QuerySet[Charge]:
        """Return the charges that the actor sees."""
        return charges_visible_to(actor)

    def beside(self) -> tuple[str, ...]:
        """Return the resource, whose name and plan resource stand in the attributes, and the plan of the relation."""
        return ("subscription_resource", "subscription__plan")
