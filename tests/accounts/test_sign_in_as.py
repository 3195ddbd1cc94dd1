"""The trail of signing in as an owner, as a verb (through the browser: test_views.py)."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.actors import Forbidden
from accounts.models import AccessLevel, AccountStatus, Role, UserStatus
from accounts.sign_in_as import SignInAsRefused, begin_sign_in_as, end_sign_in_as
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def begin(actor, account):
    return begin_sign_in_as(actor=actor, account=account, ip_address="203.0.113.7", now=NOW)


def test_the_trail_says_who_became_whom_for_which_account_from_when_to_when():
    account = make.account()
    owner = make.customer_user(account=account)
    actor = make.manager_actor()
    trail = begin(actor, account)
    assert (trail.manager, trail.user, trail.account, trail.started_at) == (actor.user, owner, account, NOW)
    assert trail.ip_address == "203.0.113.7"
    assert end_sign_in_as(trail_id=trail.pk, now=NOW + timedelta(minutes=5)).ended_at == NOW + timedelta(minutes=5)
    assert end_sign_in_as(trail_id=trail.pk, now=NOW + timedelta(hours=5)).ended_at == NOW + timedelta(minutes=5)


def test_the_role_must_hold_the_right():
    account = make.account()
    make.customer_user(account=account)
    for actor in (make.manager_actor(role=Role.OWNER), make.manager_actor(role=Role.MARKETING)):
        with pytest.raises(Forbidden):
            begin(actor, account)


def test_accounts_without_an_owner_who_may_sign_in_are_refused():
    actor = make.manager_actor()
    ownerless = make.account()
    make.customer_user(account=ownerless, access_level=AccessLevel.ADMIN)
    with pytest.raises(SignInAsRefused, match="no owner yet"):
        begin(actor, ownerless)
    blocked = make.account()
    make.customer_user(account=blocked, status=UserStatus.INACTIVE)
    with pytest.raises(SignInAsRefused, match="blocked"):
        begin(actor, blocked)
    deleted = make.account(status=AccountStatus.DELETED)
    make.customer_user(account=deleted)
    with pytest.raises(SignInAsRefused, match="deleted"):
        begin(actor, deleted)


def test_another_part_of_the_tree_is_refused():
    cast = make.cast()
    make.customer_user(account=cast.acme)
    with pytest.raises(SignInAsRefused):
        begin(make.manager_actor(reseller=cast.south), cast.acme)
