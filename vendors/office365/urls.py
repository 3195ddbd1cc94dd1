"""Addresses of the consent's pages, below vendors/office365/."""

from django.urls import path

from vendors.office365 import views

urlpatterns = [
    path("connections/<int:connection_id>/consent", views.begin, name="begin"),
    path("consent/leave", views.leave, name="leave"),
    path("consent/callback", views.callback, name="callback"),
]
