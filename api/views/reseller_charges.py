"""Reseller charges (CR-583): what a reseller owes the one above it; own and child, list and by id."""

from api.serializers.reseller_charges import RESELLER_CHARGE
from api.views.resources import ResourceViewSet
from billing.filters import ResellerChargeFilter
from billing.queries import reseller_charges_visible_to


class ResellerChargeViewSet(ResourceViewSet):
    """What resellers owe one another: each level sees what it is owed and what it owes."""

    right = "reseller_charges.view"
    rows_visible_to = staticmethod(reseller_charges_visible_to)
    belongs_to = "debtor"
    shape = RESELLER_CHARGE
    filterset = ResellerChargeFilter
    filters = ("id", "subscription_id", "created_on__gt", "created_on__lt")
    natural = {"created_on": "created_on"}
