"""Taxes are made by whom they belong to, on what is theirs."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import Forbidden
from accounts.models import Role
from subscriptions.catalogue.taxes import Levied, TaxNotAllowed, change_tax, create_tax
from tests.factories import accounts as cast
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db
VAT = Levied(name="VAT", percent=Decimal(20), valid_from=date(2018, 8, 1))


def test_of_a_stranger_none_is_made_and_a_sales_person_changes_none():
    made = create_tax(actor=cast.manager_actor(), reseller=cast.operator(), levied=VAT)
    below = cast.manager_actor(reseller=cast.reseller(parent=cast.operator()))
    for actor in (below, cast.manager_actor(role=Role.SALES)):
        with pytest.raises(Forbidden):
            change_tax(actor=actor, tax=made, levied=VAT)
    assert made.events.count() == 1


def test_it_is_on_the_resellers_own_plans():
    theirs = make.plan(reseller=cast.reseller(parent=cast.operator()))
    with pytest.raises(TaxNotAllowed, match="among the reseller's own"):
        create_tax(
            actor=cast.manager_actor(), reseller=cast.operator(),
            levied=Levied(name="VAT", percent=Decimal(20), valid_from=date(2018, 8, 1), plans=[theirs]),
        )  # fmt: skip
