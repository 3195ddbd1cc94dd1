"""Subscriptions (CR-583), with `meta=true` what the vendor told of them (CR-447): own and child, list and by id."""

from api.serializers.subscriptions import SUBSCRIPTION
from api.views.resources import ResourceViewSet
from subscriptions.filters import SubscriptionFilter
from subscriptions.queries import subscriptions_visible_to


class SubscriptionViewSet(ResourceViewSet):
    """What customers have: the plan, the status, and from when to when."""

    right = "subscriptions.view"
    rows_visible_to = staticmethod(subscriptions_visible_to)
    shape = SUBSCRIPTION
    filterset = SubscriptionFilter
    filters = ("id", "status", "account_id", "plan_id")
