"""Whose catalogue an actor may change."""

import pytest

from accounts.actors import SYSTEM, Forbidden
from accounts.models import Role
from subscriptions.catalogue.reach import NameMissing, checked_name, require_reseller
from tests.factories import accounts as people

pytestmark = pytest.mark.django_db


def test_own_and_below(cast: people.Cast) -> None:
    marketing = people.manager_actor(reseller=cast.north, role=Role.MARKETING)
    require_reseller(marketing, cast.north, "products.change")
    require_reseller(SYSTEM, cast.south, "products.change")
    for reseller in (cast.operator, cast.south):
        with pytest.raises(Forbidden):
            require_reseller(marketing, reseller, "products.change")


def test_names_are_trimmed() -> None:
    assert checked_name(" Office ") == "Office"
    with pytest.raises(NameMissing):
        checked_name(" ")
