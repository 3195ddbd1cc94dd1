"""Differences between vendors and our books: own and child, list and by id; read only."""

from api.serializers.differences import DIFFERENCE
from api.views.resources import ResourceViewSet
from subscriptions.filters import DifferenceFilter
from subscriptions.queries import differences_visible_to


class DifferenceViewSet(ResourceViewSet):
    """What vendors hold otherwise than our books say, as the night has found it."""

    right = "differences.view"
    rows_visible_to = staticmethod(differences_visible_to)
    shape = DIFFERENCE
    filterset = DifferenceFilter
    filters = ("id", "kind", "open", "account_id", "subscription_id")
