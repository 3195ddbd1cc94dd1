"""Discounts are made and changed by whom they belong to, and say nothing that cannot be."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import Forbidden
from accounts.models import Role
from core.errors import Refused
from subscriptions.catalogue.discounts import Granted, change_discount, create_discount
from subscriptions.models import DiscountType
from subscriptions.queries import discounts_visible_to
from tests.factories import accounts as cast
from tests.factories import discounts as grant
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db
DAY = date(2018, 8, 1)
BASE = {"name": "Summer", "percent": Decimal(10), "valid_from": DAY}


def fields_of(refused: Refused) -> set[str]:
    return {one.field for one in getattr(refused, "refusals", None) or [refused]}


@pytest.mark.parametrize(
    ("kind", "granted", "field"),
    [
        ("promo_code", {"percent": Decimal(0)}, "percent"),
        ("promo_code", {"percent": Decimal("100.01")}, "percent"),
        ("promo_code", {"valid_until": DAY}, "valid_until"),
        ("promo_code", {"on_setup": False, "on_renewal": False, "on_recurring": False}, "on_recurring"),
        ("promo_code", {"all_plans": False}, "plans"),
        ("promo_code", {"code": "TWO WORDS"}, "code"),
        ("promo_code", {"code": "\u202e\u200b"}, "code"),
        ("promo_code", {"code": "ta\u200bken"}, "code"),
        ("promo_code", {"code": "taken"}, "code"),
        ("account", {}, "accounts"),
        ("reseller", {}, "resellers"),
        ("promo_code", {"name": " "}, "name"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(kind: str, granted: dict, field: str):
    grant.promo_code("TAKEN")
    with pytest.raises(Refused) as refused:
        create_discount(
            actor=cast.manager_actor(), reseller=cast.operator(), type=DiscountType(kind),
            granted=Granted(**{**BASE, "code": "SUMMER", **granted}), today=make.EARLY,
        )  # fmt: skip
    assert field in fields_of(refused.value)


def test_it_holds_only_for_what_is_the_resellers_own():
    theirs = cast.reseller(parent=cast.operator())
    not_ours = {
        "account": {"accounts": [cast.account(reseller=theirs)]},
        "reseller": {"resellers": [cast.reseller(parent=theirs)]},
        "promo_code": {"code": "X", "all_plans": False, "plans": [make.plan(reseller=theirs)]},
    }
    for kind, chosen in not_ours.items():
        with pytest.raises(Refused, match="among the reseller's own"):
            create_discount(
                actor=cast.manager_actor(), reseller=cast.operator(), type=DiscountType(kind),
                granted=Granted(**{**BASE, **chosen}), today=make.EARLY,
            )  # fmt: skip


def test_a_code_that_nobody_chose_is_made_up():
    made = {grant.promo_code("").code for _ in range(3)}
    assert {len(code) for code in made} == {8}
    assert len(made) == 3


def test_a_change_is_kept_and_its_history_is():
    made = grant.promo_code("SUMMER", "10")
    changed = change_discount(
        actor=cast.manager_actor(), discount=made,
        granted=Granted(**{**BASE, "code": "winter", "percent": Decimal(15), "active": False}), today=make.EARLY,
    )  # fmt: skip
    assert (changed.code, changed.percent, changed.active, changed.type) == ("WINTER", 15, False, "promo_code")
    assert made.events.count() == 2


def test_a_sales_person_and_a_reseller_below_change_none():
    made = grant.promo_code("SUMMER", "10")
    below = cast.reseller(parent=cast.operator())
    for actor in (cast.manager_actor(role=Role.SALES), cast.manager_actor(reseller=below)):
        with pytest.raises(Forbidden):
            change_discount(actor=actor, discount=made, granted=Granted(**BASE), today=make.EARLY)
    assert discounts_visible_to(cast.manager_actor()).count() == 1
    assert not discounts_visible_to(cast.manager_actor(reseller=below)).exists()
