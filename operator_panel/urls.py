"""The operator panel's addresses. Names: a list is the plural ("orders"), its pages start with the singular."""

from django.http import Http404
from django.urls import path

from core.lists.views import list_view
from operator_panel import home, lists

app_name = "operator"


def not_yet(request, pk):
    raise Http404


LISTS = {
    "accounts": lists.ACCOUNTS,
    "application_templates": lists.APPLICATION_TEMPLATES,
    "charges": lists.CHARGES,
    "managers": lists.MANAGERS,
    "orders": lists.ORDERS,
    "payments": lists.PAYMENTS,
    "plans": lists.PLANS,
    "resellers": lists.RESELLERS,
    "subscriptions": lists.SUBSCRIPTIONS,
    "vendor_connections": lists.VENDOR_CONNECTIONS,
}

urlpatterns = [
    path("", home.home, name="home"),
    *(path(f"{name.replace('_', '-')}/", list_view(listing), name=name) for name, listing in LISTS.items()),
    *(path(f"{name.replace('_', '-')}/<int:pk>/", not_yet, name=name.removesuffix("s")) for name in LISTS),
]
