"""A resource unlike those that there are: a relation that may be empty, two to one kind, nested groups, meta."""

from django.urls import include, path

import brokerage.urls
from accounts.filters import AccountFilter
from accounts.queries import accounts_visible_to
from api.serializers.related import RESELLER
from api.serializers.shape import Shape, group, one, text
from api.urls import addresses_of
from api.views.resources import ResourceViewSet

PERSON = Shape("people", {"name": text("name")})
ACCOUNT = Shape(
    "accounts",
    {
        "name": text("name"),
        "seller": group(
            {"name": text("reseller__name"), "manager": group({"name": text("manager__name", nullable=True)})}
        ),
    },
    relations={
        "manager": one(PERSON, "manager", nullable=True),
        "reseller": one(RESELLER, "reseller"),
        "above": one(RESELLER, "reseller.parent", nullable=True),
    },
    meta={"email_of_manager": text("manager__email", nullable=True)},
)


class AccountViewSet(ResourceViewSet):
    """Accounts with their managers."""

    right = "accounts.view"
    rows_visible_to = staticmethod(accounts_visible_to)
    shape = ACCOUNT
    filterset = AccountFilter
    filters = ("id",)


urlpatterns = [
    path("api/v3/", include((addresses_of({"accounts": AccountViewSet}), "second"))),
    *brokerage.urls.urlpatterns,
]
