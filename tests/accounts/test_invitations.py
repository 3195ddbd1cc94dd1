"""Invitations: good once, for a week, for one person; an account always has exactly one owner."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.actors import Forbidden
from accounts.invitations import (
    InvitationNotGood,
    InvitationRefused,
    MembershipRefused,
    PasswordRefused,
    accept_invitation,
    change_access_level,
    invitation_of,
    invite_users,
    remove_user,
    token_of,
    waiting_of,
    waiting_owner_of,
    withdraw_invitation,
)
from accounts.models import AccessLevel, AccountMembership, AccountStatus, Invitation, User
from accounts.staff import create_manager
from notifications.models import Notification
from tests.factories import accounts as make
from tests.subscriptions.test_races import at_once

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
GOOD = "a long enough passphrase"


def invite(account, *emails: str, level: str = AccessLevel.ADMIN, actor=None):
    inviting = actor or make.manager_actor(reseller=account.reseller)
    return invite_users(actor=inviting, account=account, emails=emails, access_level=level, now=NOW)


def levels(account) -> dict[str, str]:
    return {row.user.email: row.access_level for row in account.memberships.select_related("user")}


def test_an_invited_person_chooses_name_and_password_and_becomes_a_member():
    account = make.account()
    [invitation] = invite(account, " Ann@Example.com ")
    user = accept_invitation(token=token_of(invitation), name="Ann", password=GOOD, now=NOW)
    assert (user.email, user.name, user.check_password(GOOD)) == ("ann@example.com", "Ann", True)
    assert levels(account) == {"ann@example.com": "admin"}


def test_an_invitation_works_once():
    [invitation] = invite(make.account(), "ann@example.com")
    accept_invitation(token=token_of(invitation), name="Ann", password=GOOD, now=NOW)
    with pytest.raises(InvitationNotGood):
        accept_invitation(token=token_of(invitation), name="Eve", password="another passphrase", now=NOW)
    assert User.objects.get(email="ann@example.com").check_password(GOOD)


def test_an_invitation_opens_its_door_for_a_day():
    [invitation] = invite(make.account(), "ann@example.com")
    assert invitation_of(token_of(invitation), now=NOW + DAY - timedelta(seconds=1)) == invitation
    with pytest.raises(InvitationNotGood):
        invitation_of(token_of(invitation), now=NOW + DAY)


@pytest.mark.parametrize("token", ["", "1", "1:forged", "not a token", ":", "1:" + "a" * 43])
def test_a_forged_link_is_refused(token):
    invite(make.account(), "ann@example.com")
    with pytest.raises(InvitationNotGood):
        invitation_of(token, now=NOW)


def test_a_withdrawn_invitation_is_refused_and_cannot_be_withdrawn_again():
    account = make.account()
    actor = make.manager_actor(reseller=account.reseller)
    [invitation] = invite(account, "ann@example.com")
    withdraw_invitation(actor=actor, invitation=invitation, now=NOW)
    with pytest.raises(InvitationNotGood):
        invitation_of(token_of(invitation), now=NOW)
    with pytest.raises(InvitationNotGood):
        withdraw_invitation(actor=actor, invitation=invitation, now=NOW)


def test_a_stranger_cannot_withdraw_an_invitation():
    cast = make.cast()
    [invitation] = invite(cast.acme, "ann@example.com")
    with pytest.raises(InvitationNotGood):
        withdraw_invitation(actor=make.manager_actor(reseller=cast.south), invitation=invitation, now=NOW)
    assert invitation_of(token_of(invitation), now=NOW) == invitation


def test_inviting_again_replaces_the_open_invitation():
    account = make.account()
    [first] = invite(account, "ann@example.com", level=AccessLevel.USER)
    [second] = invite(account, "ann@example.com", level=AccessLevel.ADMIN)
    with pytest.raises(InvitationNotGood):
        invitation_of(token_of(first), now=NOW)
    accept_invitation(token=token_of(second), name="Ann", password=GOOD, now=NOW)
    assert levels(account) == {"ann@example.com": "admin"}


def test_the_link_lies_in_no_row_and_the_letter_in_the_outbox():
    [invitation] = invite(make.account(name="Acme"), "ann@example.com")
    [letter] = Notification.objects.all()
    assert (letter.email, letter.subject) == ("ann@example.com", "You are invited to Acme")
    assert token_of(invitation) not in letter.body_text + letter.body_html


def test_all_are_invited_or_none():
    account = make.account()
    with pytest.raises(InvitationRefused, match="no e-mail address") as refusal:
        invite(account, "ann@example.com", "bob@")
    assert refusal.value.field == "emails"
    assert Invitation.objects.count() == 0


def test_a_weak_password_is_refused_and_the_invitation_stays_good():
    [invitation] = invite(make.account(), "ann@example.com")
    with pytest.raises(PasswordRefused) as refusal:
        accept_invitation(token=token_of(invitation), name="Ann", password="12345", now=NOW)
    assert refusal.value.field == "password"
    assert not User.objects.filter(email="ann@example.com").exists()
    assert invitation_of(token_of(invitation), now=NOW) == invitation


def test_a_known_person_keeps_the_password_and_gains_the_account():
    first, second = make.account(), make.account()
    ann = make.customer_user(account=first, email="ann@example.com")
    [invitation] = invite(second, "ann@example.com")
    assert levels(second) == {}
    accept_invitation(token=token_of(invitation), name="Eve", password="another passphrase", now=NOW)
    ann.refresh_from_db()
    assert ann.check_password(make.PASSWORD)
    assert levels(second) == {"ann@example.com": "admin"}


def test_members_are_not_invited_and_a_manager_learns_behind_the_link_that_it_is_not_for_managers():
    account = make.account()
    make.customer_user(account=account, email="ann@example.com")
    make.manager(email="boss@example.com")
    with pytest.raises(InvitationRefused, match="already"):
        invite(account, "ANN@example.com")
    [invitation] = invite(account, "boss@example.com")
    with pytest.raises(InvitationRefused, match="A manager cannot be a user"):
        accept_invitation(token=token_of(invitation), now=NOW)
    assert levels(account) == {"ann@example.com": "owner"}


def test_a_second_owner_is_not_invited():
    account = make.account()
    make.customer_user(account=account)
    with pytest.raises(InvitationRefused, match="exactly one owner"):
        invite(account, "ann@example.com", level=AccessLevel.OWNER)


def test_an_invited_owner_finds_the_place_taken_meanwhile():
    account = make.account()
    [invitation] = invite(account, "ann@example.com", level=AccessLevel.OWNER)
    make.customer_user(account=account, access_level=AccessLevel.OWNER)
    with pytest.raises(InvitationRefused, match="has an owner meanwhile"):
        accept_invitation(token=token_of(invitation), name="Ann", password=GOOD, now=NOW)


def test_one_link_at_a_time_makes_somebody_the_owner():
    account = make.account()
    [wrong] = invite(account, "anna@example.com", level=AccessLevel.OWNER)
    [right] = invite(account, "ann@example.com", level=AccessLevel.OWNER)
    assert waiting_owner_of(account) == right
    with pytest.raises(InvitationNotGood):
        accept_invitation(token=token_of(wrong), name="Anna", password=GOOD, now=NOW)
    accept_invitation(token=token_of(right), name="Ann", password=GOOD, now=NOW)
    assert (levels(account), waiting_owner_of(account)) == ({"ann@example.com": "owner"}, None)


def test_only_a_manager_invites_the_owner_of_an_account_without_one():
    account = make.account()
    admin = make.customer_actor(account=account, access_level=AccessLevel.ADMIN)
    with pytest.raises(MembershipRefused, match="Only the owner"):
        invite(account, "ann@example.com", level=AccessLevel.OWNER, actor=admin)


@pytest.mark.django_db(transaction=True)
def test_two_first_invitations_of_one_person_accepted_at_once_make_one_person():
    given = [invite(make.account(), "ann@example.com")[0] for _account in range(2)]
    deeds = [lambda one=one: accept_invitation(token=token_of(one), password=GOOD, now=NOW) for one in given]
    for no in at_once(*deeds):
        assert isinstance(no, User) or "Open the link again" in str(no)
    for one in given:
        if invitation_of_row(one).accepted_at is None:
            accept_invitation(token=token_of(one), now=NOW)
    assert User.everyone.get(email="ann@example.com").memberships.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_accept_at_once_and_two_managers_of_one_address_are_one():
    account = make.account()
    owners = [invite(account, f"ann{number}@example.com", level=AccessLevel.OWNER)[0] for number in range(2)]
    Invitation.objects.update(withdrawn_at=None)  # as they were left by a version that knew no better
    resellers = [make.reseller() for _tenant in range(2)]
    staff = [
        waiting_of(create_manager(
            actor=make.manager_actor(reseller=one), reseller=one, name="Sue", email="sue@example.com", role="sales",
            now=NOW,
        ))
        for one in resellers
    ]  # fmt: skip
    for pair in (owners, staff):
        given = at_once(
            *(lambda one=one: accept_invitation(token=token_of(one), password=GOOD, now=NOW) for one in pair)
        )
        assert sorted(type(one).__name__ for one in given) == ["InvitationRefused", "User"]
    assert list(levels(account).values()) == ["owner"]
    assert User.objects.filter(email="sue@example.com").count() == 1


def invitation_of_row(invitation: Invitation) -> Invitation:
    return Invitation.objects.get(pk=invitation.pk)


def test_who_may_not_invite_is_refused():
    cast = make.cast()
    plain = make.customer_actor(account=cast.acme, access_level=AccessLevel.USER)
    with pytest.raises(Forbidden):
        invite(cast.acme, "ann@example.com", actor=plain)
    with pytest.raises(InvitationRefused, match="no such account"):
        invite(cast.acme, "ann@example.com", actor=make.manager_actor(reseller=cast.south))


def test_nobody_joins_a_deleted_account():
    account = make.account()
    [invitation] = invite(account, "ann@example.com")
    account.status = AccountStatus.DELETED
    account.save()
    with pytest.raises(InvitationNotGood):
        accept_invitation(token=token_of(invitation), name="Ann", password=GOOD, now=NOW)


def test_the_owner_passes_the_ownership_on_and_becomes_an_admin():
    account = make.account()
    actor = make.customer_actor(account=account)
    other = make.customer_user(account=account, access_level=AccessLevel.USER)
    membership = AccountMembership.objects.get(user=other)
    change_access_level(actor=actor, membership=membership, access_level=AccessLevel.OWNER)
    assert levels(account) == {actor.user.email: "admin", other.email: "owner"}


def test_an_admin_cannot_make_anybody_the_owner():
    account = make.account()
    make.customer_user(account=account)
    actor = make.customer_actor(account=account, access_level=AccessLevel.ADMIN)
    with pytest.raises(MembershipRefused, match="Only the owner"):
        change_access_level(
            actor=actor, membership=AccountMembership.objects.get(user=actor.user), access_level=AccessLevel.OWNER
        )


def test_the_owner_is_neither_lowered_nor_removed():
    account = make.account()
    make.customer_user(account=account)
    actor = make.manager_actor(reseller=account.reseller)
    membership = account.memberships.get()
    with pytest.raises(MembershipRefused, match="exactly one owner"):
        change_access_level(actor=actor, membership=membership, access_level=AccessLevel.USER)
    with pytest.raises(MembershipRefused, match="owner first"):
        remove_user(actor=actor, membership=membership)


def test_a_removed_user_keeps_other_accounts():
    first, second = make.account(), make.account()
    ann = make.customer_user(account=first, access_level=AccessLevel.ADMIN)
    make.member(account=second, user=ann)
    remove_user(actor=make.manager_actor(), membership=first.memberships.get())
    assert (levels(first), levels(second)) == ({}, {ann.email: "user"})


def test_memberships_of_other_parts_of_the_tree_are_not_found():
    cast = make.cast()
    make.customer_user(account=cast.acme, access_level=AccessLevel.USER)
    with pytest.raises(MembershipRefused, match="no such user"):
        remove_user(actor=make.manager_actor(reseller=cast.south), membership=cast.acme.memberships.get())
