"""Who answers which address."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("hijack/", include("hijack.urls")),
]
