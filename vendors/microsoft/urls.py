"""Addresses of the consent's pages: every plugin of Microsoft's has them below its own slug (vendors/urls.py)."""

from django.urls import path

from vendors.microsoft import views

urlpatterns = [
    path("connections/<int:connection_id>/consent", views.begin, name="begin"),
    path("consent/leave", views.leave, name="leave"),
    path("consent/callback", views.callback, name="callback"),
]
