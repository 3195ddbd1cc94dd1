"""The addresses of the API: resources x {own, child} x {list, by id}, written as a loop (CR-583)."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularJSONAPIView

from api.errors import not_found
from api.scopes import Scope
from api.views.charges import ChargeViewSet

app_name = "api"

RESOURCES = {
    "charges": ChargeViewSet,
}

urlpatterns = [
    path(
        "openapi.json", SpectacularJSONAPIView.as_view(authentication_classes=[], permission_classes=[]), name="openapi"
    )
]
for name, viewset in RESOURCES.items():
    for scope in Scope:
        address = f"resellers/<int:reseller_id>/{scope.value}{name}"
        label = f"{scope.value}{name}"
        urlpatterns += [
            path(address, viewset.as_view({"get": "list"}, scope=scope), name=f"{label}_list"),
            path(f"{address}/<int:pk>", viewset.as_view({"get": "retrieve"}, scope=scope), name=f"{label}_detail"),
        ]
urlpatterns.append(re_path(r"", not_found))
