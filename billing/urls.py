"""Addresses at which the outside world tells of money."""

from django.urls import path

from billing.gateways import views

app_name = "gateways"
urlpatterns = [path("<int:gateway>/told/", views.told, name="told")]
