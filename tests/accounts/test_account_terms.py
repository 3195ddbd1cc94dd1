"""Account types and classes are kept by administrators of the own part of the tree."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.account_terms import (
    AccountTermsRefused,
    change_account_class,
    change_account_type,
    create_account_class,
    create_account_type,
)
from accounts.actors import Forbidden
from accounts.models import Role
from tests.factories import accounts as make

TODAY = date(2026, 11, 2)

pytestmark = pytest.mark.django_db

PREPAY = {"name": "Prepay", "key": "prepay"}


def test_the_first_class_becomes_the_default_and_a_new_default_replaces_it():
    north = make.reseller()
    actor = make.manager_actor(reseller=north)
    first = create_account_class(actor=actor, reseller=north, values=PREPAY)
    assert first.is_default
    second = create_account_class(
        actor=actor, reseller=north, values={"name": "Credit", "key": "credit", "is_default": True}
    )
    first.refresh_from_db()
    assert (first.is_default, second.is_default) == (False, True)
    change_account_class(actor=actor, account_class=second, values={"is_default": False}, today=TODAY)
    second.refresh_from_db()
    assert second.is_default


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"key": ""}, "key"),
        ({"key": "taken"}, "key"),
        ({"credit_limit": Decimal("-0.01")}, "credit_limit"),
        ({"subzero_period": -2}, "subzero_period"),
    ],
)
def test_what_cannot_be_terms_is_refused_at_its_field(values, field):
    north = make.reseller()
    make.account_class(reseller=north, key="taken")
    with pytest.raises(AccountTermsRefused) as refusal:
        create_account_class(actor=make.manager_actor(reseller=north), reseller=north, values={**PREPAY, **values})
    assert refusal.value.field == field


def test_terms_are_kept_by_administrators_of_the_own_part_of_the_tree():
    cast = make.cast()
    south = make.manager_actor(reseller=cast.south)
    with pytest.raises(AccountTermsRefused):
        create_account_class(actor=south, reseller=cast.north, values=PREPAY)
    with pytest.raises(AccountTermsRefused):
        change_account_class(actor=south, account_class=cast.acme.account_class, values={"name": "Mine"}, today=TODAY)
    with pytest.raises(Forbidden):
        create_account_class(
            actor=make.manager_actor(reseller=cast.north, role=Role.SALES), reseller=cast.north, values=PREPAY
        )


def test_an_inherited_type_is_changed_only_by_who_made_it():
    cast = make.cast()
    kind = create_account_type(
        actor=make.manager_actor(), reseller=cast.operator, values={"name": "Business", "key": "business"}
    )
    with pytest.raises(AccountTermsRefused, match="provider"):
        change_account_type(actor=make.manager_actor(reseller=cast.north), account_type=kind, values={"name": "Mine"})
    assert change_account_type(actor=make.manager_actor(), account_type=kind, values={"name": "Firm"}).name == "Firm"


def test_all_that_is_wrong_with_account_terms_is_said_at_once():
    actor = make.manager_actor()
    values = {"name": " ", "key": "", "credit_limit": Decimal(-1), "subzero_period": -2}
    with pytest.raises(AccountTermsRefused) as refusal:
        create_account_class(actor=actor, reseller=actor.reseller, values=values)
    fields = [problem.field for problem in refusal.value.problems]
    assert fields == ["name", "credit_limit", "subzero_period", "key"]
