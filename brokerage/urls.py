"""Who answers which address."""

from django.urls import include, path

from brokerage.appearance import appearance

handler400 = "brokerage.failures.bad_request"
handler403 = "brokerage.failures.forbidden"
handler404 = "brokerage.failures.not_found"
handler500 = "brokerage.failures.server_error"

urlpatterns = [
    path("operator/", include("operator_panel.urls")),
    path("lists/", include("core.lists.urls")),
    path("appearance/", appearance, name="appearance"),
    path("accounts/", include("accounts.urls")),
    path("gateways/", include("billing.urls")),
    path("vendors/", include("vendors.urls")),
    path("api/v3/", include("api.urls")),
    path("", include("customer_panel.urls")),
]
