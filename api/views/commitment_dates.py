"""The calendar of windows and renewals: own and child, list and by id."""

from api.serializers.commitment_dates import COMMITMENT_DATE
from api.views.resources import ResourceViewSet
from subscriptions.filters import CommitmentDateFilter
from subscriptions.queries import commitment_dates_visible_to


class CommitmentDateViewSet(ResourceViewSet):
    """Until when units can be given back or all of it cancelled, and what a vendor does at the end of a term."""

    right = "subscriptions.view"
    rows_visible_to = staticmethod(commitment_dates_visible_to)
    shape = COMMITMENT_DATE
    filterset = CommitmentDateFilter
    filters = ("id", "kind", "subscription_id", "account_id")
    sorts = {"id": "id", "at": "at"}
