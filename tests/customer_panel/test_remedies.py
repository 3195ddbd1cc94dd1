"""A customer's way from a refusal to its remedy."""

import pytest

from core.errors import Remedy
from customer_panel.remedies import REMEDIES, way_to
from tests.factories import accounts as cast

pytestmark = pytest.mark.django_db


def test_the_owner_has_every_way_and_a_plain_user_none_but_to_look() -> None:
    account = cast.account()
    owner, user = cast.customer_actor(account=account), cast.customer_actor(account=account, access_level="user")
    assert all(way_to(owner, Remedy(kind, 5)) for kind in REMEDIES)
    assert [kind for kind in REMEDIES if way_to(user, Remedy(kind, 5))] == ["subscription"]
    top_up = way_to(owner, Remedy("top_up", 5, "7.25"))
    assert top_up is not None
    assert top_up.url == "/payments/top-up/?amount=7.25"


def test_what_only_a_manager_can_do_is_no_way() -> None:
    assert way_to(cast.customer_actor(account=cast.account()), Remedy("release", 5)) is None
