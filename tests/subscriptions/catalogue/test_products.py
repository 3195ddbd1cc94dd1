"""Products, categories, service terms."""

import pytest

from accounts.actors import Actor, Forbidden
from accounts.models import Role
from core.errors import Refused
from subscriptions.catalogue.products import (
    TermNotAllowed,
    Timers,
    change_product,
    change_service_term,
    create_plan_category,
    create_product,
    create_service_term,
)
from subscriptions.catalogue.reach import NameMissing, NameTaken
from subscriptions.models import Product, ServiceTerm
from tests.factories import accounts as people

pytestmark = pytest.mark.django_db


def test_a_product_is_created_and_changed(cast: people.Cast, owner: Actor) -> None:
    product = create_product(actor=owner, reseller=cast.north, name=" Microsoft 365 ", description="Office")
    assert (product.name, product.reseller) == ("Microsoft 365", cast.north)
    changed = change_product(actor=owner, product=product, name="Office 365", description="")
    assert Product.objects.get().name == changed.name == "Office 365"


def test_names_are_given_and_unique(cast: people.Cast, owner: Actor) -> None:
    create_product(actor=owner, reseller=cast.north, name="Office")
    other = create_product(actor=owner, reseller=cast.north, name="Backup")
    with pytest.raises(NameTaken):
        create_product(actor=owner, reseller=cast.north, name="Office")
    with pytest.raises(NameTaken):
        change_product(actor=owner, product=other, name="Office", description="")
    with pytest.raises(NameMissing):
        create_product(actor=owner, reseller=cast.north, name="  ")
    create_plan_category(actor=owner, reseller=cast.north, name="Office")
    with pytest.raises(NameTaken):
        create_plan_category(actor=owner, reseller=cast.north, name="Office")


def test_the_catalogue_of_others_is_out_of_reach(cast: people.Cast, owner: Actor) -> None:
    create_product(actor=owner, reseller=cast.north_east, name="Office")
    for reseller in (cast.operator, cast.south):
        with pytest.raises(Forbidden):
            create_product(actor=owner, reseller=reseller, name="Office")
    seller = people.manager_actor(reseller=cast.north, role=Role.SALES)
    with pytest.raises(Forbidden):
        create_product(actor=seller, reseller=cast.north, name="Backup")


def test_service_terms_are_created_and_changed(cast: people.Cast, owner: Actor, term: ServiceTerm) -> None:
    timers = Timers(billing_day=15, grace_period=3, stop_period=30, auto_renew_point=7, manual_renew_point=15)
    business = people.account_type(reseller=cast.operator)
    change_service_term(actor=owner, term=term, name="Mid-month", timers=timers, account_types=[business])
    term.refresh_from_db()
    assert (term.name, term.billing_day, term.grace_period, term.stop_period) == ("Mid-month", 15, 3, 30)
    assert (term.auto_renew_point, term.manual_renew_point) == (7, 15)
    assert list(term.account_types.all()) == [business]


@pytest.mark.parametrize(
    ("timers", "field"),
    [
        (Timers(billing_day=29), "billing_day"),
        (Timers(billing_day=0), "billing_day"),
        (Timers(billing_day=1, grace_period=-1), "grace_period"),
        (Timers(billing_day=1, stop_period=4000), "stop_period"),
        (Timers(billing_day=1, auto_renew_point=-1), "auto_renew_point"),
        (Timers(billing_day=1, manual_renew_point=-2), "manual_renew_point"),
    ],
)
def test_timers_have_bounds(cast: people.Cast, owner: Actor, timers: Timers, field: str) -> None:
    with pytest.raises(TermNotAllowed) as refusal:
        create_service_term(actor=owner, reseller=cast.north, name="New", key="new", timers=timers)
    assert refusal.value.field == field


def test_keys_are_unique_and_account_types_inherited(cast: people.Cast, owner: Actor, term: ServiceTerm) -> None:
    with pytest.raises(NameTaken) as taken:
        create_service_term(actor=owner, reseller=cast.north, name="Other", key=term.key, timers=Timers(billing_day=1))
    assert taken.value.field == "key"
    foreign = people.account_type(reseller=cast.south)
    with pytest.raises(TermNotAllowed) as refusal:
        create_service_term(
            actor=owner,
            reseller=cast.north,
            name="Other",
            key="other",
            timers=Timers(billing_day=1),
            account_types=[foreign],
        )
    assert refusal.value.field == "account_types"


def test_all_that_is_wrong_with_service_terms_is_said_at_once(cast: people.Cast, owner: Actor) -> None:
    timers = Timers(billing_day=31, grace_period=-1, stop_period=9999, manual_renew_point=-2)
    with pytest.raises(Refused) as refusal:
        create_service_term(actor=owner, reseller=cast.north, name=" ", key="new", timers=timers)
    fields = [problem.field for problem in refusal.value.problems]
    assert fields == ["name", "billing_day", "grace_period", "stop_period", "manual_renew_point"]
