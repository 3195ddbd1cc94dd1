"""Managers are created, changed and put below supervisors, and nobody is locked out."""

from datetime import UTC, datetime

import pytest

from accounts.actors import SYSTEM, Forbidden, actor_of
from accounts.invitations import (
    InvitationNotGood,
    InvitationRefused,
    PasswordRefused,
    accept_invitation,
    needs_password,
    token_of,
    waiting_of,
)
from accounts.models import Invitation, Role, User, UserStatus
from accounts.staff import ManagerRefused, WouldLockOut, change_manager, create_manager, set_subordinates
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def create(actor, reseller, **changes):
    fields = {"name": "Sam", "email": "sam@example.com", "role": Role.SALES, **changes}
    return create_manager(actor=actor, reseller=reseller, now=NOW, **fields)


def test_a_manager_with_a_password_can_sign_in_at_once():
    north = make.reseller()
    sam = create(SYSTEM, north, password="a long enough phrase", email=" Sam@Example.com")
    assert (sam.email, sam.role, sam.reseller) == ("sam@example.com", Role.SALES, north)
    assert sam.check_password("a long enough phrase")
    assert Invitation.objects.count() == 0


def test_a_manager_without_a_password_is_invited_to_choose_one():
    north = make.reseller()
    sam = create(make.manager_actor(reseller=north), north)
    assert not sam.has_usable_password()
    assert not sam.signs_in
    invitation = Invitation.objects.get()
    assert invitation.user == sam
    accept_invitation(token=token_of(invitation), name="Sam", password="a long enough phrase", now=NOW)
    assert User.objects.get(email="sam@example.com") == sam


def test_an_address_that_signs_in_elsewhere_is_invited_and_is_told_behind_the_link_what_to_do():
    north = make.reseller()
    ann = make.customer_user(account=make.account(), email="sam@example.com")
    sam = create(make.manager_actor(reseller=north), north)
    token = token_of(Invitation.objects.get())
    with pytest.raises(InvitationRefused, match="signs in here already"):
        accept_invitation(token=token, name="Sam", password="a long enough phrase", now=NOW)
    assert list(User.objects.filter(email="sam@example.com")) == [ann]
    User.objects.filter(pk=ann.pk).update(email="ann@example.com")
    accept_invitation(token=token, name="Sam", password="a long enough phrase", now=NOW)
    assert User.objects.get(email="sam@example.com") == sam


def test_a_manager_signs_in_with_a_new_e_mail_once_its_link_is_opened():
    mary, actor = make.manager(email="old@example.com"), make.manager_actor()
    change_manager(actor=actor, manager=mary, values={"email": "New@example.com", "name": "Maria"}, now=NOW)
    mary.refresh_from_db()
    assert (mary.email, mary.name) == ("old@example.com", "Maria")
    invitation = waiting_of(mary)
    assert (invitation.email, needs_password(invitation)) == ("new@example.com", False)
    make.customer_user(account=make.account(), email="new@example.com")
    with pytest.raises(InvitationRefused, match="signs in here already"):
        accept_invitation(token=token_of(invitation), now=NOW)
    User.objects.filter(email="new@example.com").delete()
    accept_invitation(token=token_of(invitation), now=NOW)
    mary.refresh_from_db()
    assert (mary.email, waiting_of(mary)) == ("new@example.com", None)
    assert mary.check_password(make.PASSWORD)


def test_a_new_e_mail_waits_while_something_else_is_saved_and_is_taken_back_by_the_old_one():
    mary, actor = make.manager(email="old@example.com"), make.manager_actor()

    def save(**values: str) -> Invitation | None:
        change_manager(actor=actor, manager=mary, values=values, now=NOW)
        return waiting_of(mary)

    first = save(email="new@example.com")
    assert save(email="new@example.com", phone="+375290000000") == first
    assert save(name="Maria") == first
    Invitation.objects.update(expires_at=NOW)
    again = save(email="new@example.com")
    assert again is not None
    assert again != first
    assert save(email="old@example.com") is None
    with pytest.raises(InvitationNotGood):
        accept_invitation(token=token_of(again), now=NOW)


def test_who_has_not_accepted_is_invited_anew_by_saving_and_at_a_corrected_address():
    north = make.reseller()
    actor = make.manager_actor(reseller=north)
    sam = create(actor, north)
    old = token_of(waiting_of(sam))
    change_manager(actor=actor, manager=sam, values={"email": "samuel@example.com"}, now=NOW)
    sam.refresh_from_db()
    assert (sam.email, waiting_of(sam).email) == ("samuel@example.com", "samuel@example.com")
    with pytest.raises(InvitationNotGood):
        accept_invitation(token=old, name="Sam", password="a long enough phrase", now=NOW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "sam"}, "email"),
        ({"email": "TAKEN@example.com"}, "email"),
        ({"name": ""}, "name"),
        ({"role": "king"}, "role"),
    ],
)
def test_what_cannot_be_a_manager_is_refused_at_its_field(changes, field):
    make.manager(email="taken@example.com")
    with pytest.raises(ManagerRefused) as refusal:
        create(make.manager_actor(), make.operator(), **changes)
    assert refusal.value.field == field


def test_a_weak_password_is_refused():
    with pytest.raises(PasswordRefused):
        create(SYSTEM, make.operator(), password="sam")
    with pytest.raises(ValueError, match="is invited"):
        create(make.manager_actor(), make.operator(), password="a long enough phrase")


def test_managers_are_made_by_administrators_in_the_own_part_of_the_tree():
    cast = make.cast()
    with pytest.raises(ManagerRefused) as refusal:
        create(make.manager_actor(reseller=cast.south), cast.north)
    assert refusal.value.field == "reseller"
    with pytest.raises(Forbidden):
        create(make.manager_actor(reseller=cast.north, role=Role.OWNER), cast.north)


def test_a_managers_fields_are_changed():
    sam = make.manager(role=Role.SALES)
    changed = change_manager(
        actor=make.manager_actor(), manager=sam, values={"role": Role.MARKETING, "phone": "+375290000000"}, now=NOW
    )
    changed.refresh_from_db()
    assert (changed.role, changed.phone) == (Role.MARKETING, "+375290000000")


@pytest.mark.parametrize("values", [{"role": Role.SALES}, {"status": UserStatus.INACTIVE}])
def test_an_administrator_cannot_lock_himself_out(values):
    make.manager()
    admin = make.manager()
    with pytest.raises(WouldLockOut, match="your own"):
        change_manager(actor=actor_of(admin), manager=admin, values=values, now=NOW)


@pytest.mark.parametrize("values", [{"role": Role.SALES}, {"status": UserStatus.INACTIVE}])
def test_a_reseller_keeps_an_active_administrator(values):
    north = make.reseller()
    last = make.manager(reseller=north)
    make.manager(reseller=north, status=UserStatus.INACTIVE)
    with pytest.raises(WouldLockOut, match="needs an active administrator"):
        change_manager(actor=make.manager_actor(), manager=last, values=values, now=NOW)
    make.manager(reseller=north)
    change_manager(actor=make.manager_actor(), manager=last, values=values, now=NOW)


def test_a_manager_of_another_part_of_the_tree_is_not_found():
    cast = make.cast()
    with pytest.raises(ManagerRefused, match="no such manager"):
        change_manager(
            actor=make.manager_actor(reseller=cast.south),
            manager=make.manager(reseller=cast.north),
            values={"name": "Sam"},
            now=NOW,
        )


@pytest.mark.parametrize("field", ["password", "reseller", "kind", "api_tokens"])
def test_fields_with_a_verb_of_their_own_are_not_changed_here(field):
    with pytest.raises(ValueError, match=field):
        change_manager(actor=make.manager_actor(), manager=make.manager(), values={field: "x"}, now=NOW)


def test_subordinates_are_exactly_those_named():
    north = make.reseller()
    boss, one, two = (make.manager(reseller=north, role=Role.SALES) for _ in range(3))
    actor = make.manager_actor(reseller=north)
    set_subordinates(actor=actor, supervisor=boss, subordinates=[one])
    set_subordinates(actor=actor, supervisor=boss, subordinates=[two])
    assert [link.subordinate for link in boss.subordinate_links.all()] == [two]
    assert actor_of(boss).account_manager_ids == frozenset({boss.pk, two.pk})


def test_subordinates_work_for_the_supervisors_reseller_or_below():
    cast = make.cast()
    boss = make.manager(reseller=cast.north, role=Role.SALES)
    actor = make.manager_actor()
    below = make.manager(reseller=cast.north_east, role=Role.SALES)
    assert set_subordinates(actor=actor, supervisor=boss, subordinates=[below]) == [below]
    for wrong in (make.manager(reseller=cast.south), make.manager(reseller=cast.operator), boss):
        with pytest.raises(ManagerRefused) as refusal:
            set_subordinates(actor=actor, supervisor=boss, subordinates=[wrong])
        assert refusal.value.field == "subordinates"


def test_all_that_is_wrong_with_a_manager_is_said_at_once():
    row = make.manager()
    values = {"name": " ", "role": "king", "status": "asleep", "email": "nobody"}
    with pytest.raises(ManagerRefused) as refusal:
        change_manager(actor=make.manager_actor(), manager=row, values=values, now=NOW)
    assert [problem.field for problem in refusal.value.problems] == ["name", "role", "status", "email"]
