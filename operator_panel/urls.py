"""The operator panel's addresses. Names: a list is the plural ("orders"), its pages start with the singular."""

from django.urls import path

from operator_panel import home

app_name = "operator"

urlpatterns = [
    path("", home.home, name="home"),
]
