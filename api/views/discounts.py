"""Discounts and promo codes: own and child, list and by id; read only."""

from api.serializers.discounts import DISCOUNT
from api.views.resources import ResourceViewSet
from subscriptions.filters import DiscountFilter
from subscriptions.queries import discounts_visible_to


class DiscountViewSet(ResourceViewSet):
    """What is taken off prices, for whom and from when to when."""

    right = "discounts.view"
    rows_visible_to = staticmethod(discounts_visible_to)
    shape = DISCOUNT
    filterset = DiscountFilter
    filters = ("id", "type")
