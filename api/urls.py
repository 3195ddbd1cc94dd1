"""The addresses of the API: resources x {own, child} x {list, by id}, written as a loop (CR-583)."""

from collections.abc import Mapping

from django.urls import URLPattern, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView

from api.errors import not_found
from api.scopes import Scope
from api.views.charges import ChargeViewSet
from api.views.commitment_dates import CommitmentDateViewSet
from api.views.credit_notes import CreditNoteLineViewSet, CreditNoteViewSet
from api.views.differences import DifferenceViewSet
from api.views.discounts import DiscountViewSet
from api.views.forecasts import AccountForecastViewSet, MarginForecastViewSet
from api.views.invoices import InvoiceLineViewSet, InvoiceViewSet
from api.views.reseller_charges import ResellerChargeViewSet
from api.views.resources import ResourceViewSet
from api.views.subscriptions import SubscriptionViewSet

app_name = "api"

RESOURCES: dict[str, type[ResourceViewSet]] = {
    "charges": ChargeViewSet,
    "commitment_dates": CommitmentDateViewSet,
    "credit_note_lines": CreditNoteLineViewSet,
    "credit_notes": CreditNoteViewSet,
    "differences": DifferenceViewSet,
    "discounts": DiscountViewSet,
    "invoice_lines": InvoiceLineViewSet,
    "invoices": InvoiceViewSet,
    "reseller_charges": ResellerChargeViewSet,
    "subscriptions": SubscriptionViewSet,
}


def addresses_of(resources: Mapping[str, type[ResourceViewSet]]) -> list[URLPattern]:
    """Return the four addresses of each resource: own and child, list and by id."""
    patterns = []
    for name, viewset in resources.items():
        for scope in Scope:
            address = f"resellers/<int:reseller_id>/{scope.value}{name}"
            label = f"{scope.value}{name}"
            patterns += [
                path(address, viewset.as_view({"get": "list"}, scope=scope), name=f"{label}_list"),
                path(f"{address}/<int:pk>", viewset.as_view({"get": "retrieve"}, scope=scope), name=f"{label}_detail"),
            ]
    return patterns


# Forecasts are no records: one of each account, by its id, and one of the token's own reseller.
FORECASTS = [
    *(
        path(
            f"resellers/<int:reseller_id>/{scope.value}account_forecasts/<int:pk>",
            AccountForecastViewSet.as_view({"get": "retrieve"}, scope=scope),
            name=f"{scope.value}account_forecast",
        )
        for scope in Scope
    ),
    path(
        "resellers/<int:reseller_id>/margin_forecast",
        MarginForecastViewSet.as_view({"get": "retrieve"}),
        name="margin_forecast",
    ),
]

urlpatterns = [
    path(
        "openapi.json", SpectacularJSONAPIView.as_view(authentication_classes=[], permission_classes=[]), name="openapi"
    ),
    *addresses_of(RESOURCES),
    *FORECASTS,
    re_path(r"", not_found),
]
