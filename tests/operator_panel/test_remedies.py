"""A manager's way from a refusal to its remedy."""

import pytest

from core.errors import Remedy
from operator_panel.remedies import REMEDIES, way_to
from tests.factories import accounts as cast

pytestmark = pytest.mark.django_db


def test_every_remedy_leads_to_a_page_for_whom_the_role_opens_it() -> None:
    admin, marketing = cast.manager_actor(), cast.manager_actor(role="marketing")
    ways = {kind: way_to(admin, Remedy(kind, 5)) for kind in REMEDIES}
    assert all(way is not None and "/5/" in way.url for way in ways.values())
    assert {kind: way_to(marketing, Remedy(kind, 5)) for kind in REMEDIES} == dict.fromkeys(REMEDIES)


def test_a_top_up_brings_the_amount_along() -> None:
    way = way_to(cast.manager_actor(), Remedy("top_up", 5, "7.25"))
    assert way is not None
    assert way.url == "/operator/accounts/5/top-up/?amount=7.25"
