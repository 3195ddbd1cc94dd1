"""The operator panel's addresses. Names: a list is the plural ("orders"), its pages start with the singular."""

from django.http import Http404
from django.urls import path

from core.lists.views import list_view
from operator_panel import home, lists

app_name = "operator"


def not_yet(request, pk):
    raise Http404


urlpatterns = [
    path("", home.home, name="home"),
    path("subscriptions/", list_view(lists.SUBSCRIPTIONS), name="subscriptions"),
    path("subscriptions/<int:pk>/", not_yet, name="subscription"),
    path("accounts/<int:pk>/", not_yet, name="account"),
]
