"""The vendors' own pages, with stand-ins for the operator panel's pages that they lead to."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def _page(_request: HttpRequest, **_values: object) -> HttpResponse:
    return HttpResponse("a page of the operator panel")


operator = [
    path("vendor-connections/", _page, name="vendor_connections"),
    path("vendor-connections/<int:pk>/", _page, name="vendor_connection"),
]
urlpatterns = [
    path("operator/", include((operator, "operator"))),
    path("vendors/", include("vendors.urls")),
    path("accounts/login/", _page, name="account_login"),
]
