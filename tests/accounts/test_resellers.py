"""Resellers are created below others with a first administrator, and nobody locks the own door."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from accounts.actors import Forbidden
from accounts.invitations import accept_invitation, token_of
from accounts.models import Invitation, Role, User
from accounts.queries import resellers_below
from accounts.resellers import ResellerRefused, change_reseller, create_reseller
from accounts.staff import ManagerRefused
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def create(actor, parent, **changes):
    fields = {
        "name": "West",
        "currency": "EUR",
        "email": "west@example.com",
        "manager_name": "Will",
        "manager_email": "will@west.example",
        **changes,
    }
    return create_reseller(actor=actor, parent=parent, now=NOW, **fields)


def test_a_reseller_stands_below_its_parent_with_an_invited_administrator():
    cast = make.cast()
    west = create(make.manager_actor(reseller=cast.north), cast.north_east, values={"default_language": "ru"})
    assert west.lineage == [cast.operator.pk, cast.north.pk, cast.north_east.pk, west.pk]
    assert west in resellers_below(cast.north)
    will = User.everyone.get(reseller=west)
    assert (will.name, will.role, will.language, will.has_usable_password()) == ("Will", Role.ADMIN, "ru", False)
    accept_invitation(token=token_of(Invitation.objects.get()), password="a long enough phrase", now=NOW)
    will.refresh_from_db()
    assert (will.name, will.check_password("a long enough phrase")) == ("Will", True)


def test_the_parents_account_terms_are_copied_and_then_the_childs_own():
    cast = make.cast()
    own = make.account_class(reseller=cast.south, name="Credit", credit_limit=Decimal(500), is_default=True)
    west = create(make.manager_actor(), cast.south)
    [copy] = west.account_classes.all()
    assert (copy.name, copy.credit_limit, copy.is_default) == ("Credit", Decimal(500), True)
    assert copy.pk != own.pk
    bare = create(
        make.manager_actor(), cast.south, name="Bare", manager_email="b@example.com", copy_account_terms=False
    )
    assert bare.account_classes.count() == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"currency": "EURO"}, "currency"), ({"name": " "}, "name"), ({"name": "North-East"}, "name")],
)
def test_what_cannot_be_a_reseller_is_refused_at_its_field(changes, field):
    cast = make.cast()
    with pytest.raises(ResellerRefused) as refusal:
        create(make.manager_actor(), cast.north, **changes)
    assert refusal.value.field == field


def test_nothing_is_left_of_a_reseller_whose_administrator_cannot_be_made():
    cast = make.cast()
    make.manager(email="will@west.example")
    with pytest.raises(ManagerRefused) as refusal:
        create(make.manager_actor(), cast.north)
    assert refusal.value.field == "email"
    assert [row.name for row in resellers_below(cast.north)] == ["North-East"]


def test_resellers_are_created_only_by_administrators_above():
    cast = make.cast()
    with pytest.raises(ResellerRefused):
        create(make.manager_actor(reseller=cast.south), cast.north)
    with pytest.raises(Forbidden):
        create(make.manager_actor(reseller=cast.north, role=Role.SALES), cast.north)


def test_a_reseller_is_changed_and_deactivated_from_above():
    cast = make.cast()
    changed = change_reseller(
        actor=make.manager_actor(),
        reseller=cast.north,
        values={"status": "inactive", "attributes": {"reseller_mpn_id": "4242"}},
    )
    changed.refresh_from_db()
    assert (changed.status, changed.attributes) == ("inactive", {"reseller_mpn_id": "4242"})


@pytest.mark.parametrize("whose", ["north", "operator"])
def test_nobody_deactivates_the_own_reseller(whose):
    place = getattr(make.cast(), whose)
    with pytest.raises(ResellerRefused) as refusal:
        change_reseller(actor=make.manager_actor(reseller=place), reseller=place, values={"status": "inactive"})
    assert refusal.value.field == "status"


def test_the_manager_of_a_reseller_works_for_its_provider():
    cast = make.cast()
    above, foreign = make.manager(reseller=cast.operator), make.manager(reseller=cast.south)
    actor = make.manager_actor()
    assert change_reseller(actor=actor, reseller=cast.north, values={"manager": above}).manager == above
    with pytest.raises(ResellerRefused) as refusal:
        change_reseller(actor=actor, reseller=cast.north, values={"manager": foreign})
    assert refusal.value.field == "manager"


@pytest.mark.parametrize("field", ["currency", "parent", "lineage"])
def test_the_place_and_the_currency_never_change(field):
    cast = make.cast()
    with pytest.raises(ValueError, match=field):
        change_reseller(actor=make.manager_actor(), reseller=cast.north, values={field: "USD"})


def test_letters_before_a_window_closes_are_some_days_and_not_months_before():
    cast = make.cast()
    actor = make.manager_actor(reseller=cast.operator)
    assert change_reseller(actor=actor, reseller=cast.north, values={"window_letter_days": 30}).window_letter_days == 30
    with pytest.raises(ResellerRefused, match="Enter 30 days at most") as refusal:
        change_reseller(actor=actor, reseller=cast.north, values={"window_letter_days": 31})
    assert refusal.value.field == "window_letter_days"
