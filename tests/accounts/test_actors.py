"""Who a person is when asking."""

import pytest

from accounts.actors import SYSTEM, ActorKind, MayNotAct, actor_of
from accounts.models import AccessLevel, AccountStatus, ResellerStatus, Role, UserStatus
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db


def test_a_manager_acts_for_the_own_reseller_in_the_own_role():
    north = make.reseller()
    actor = actor_of(make.manager(reseller=north, role=Role.MARKETING))
    assert (actor.kind, actor.reseller, actor.role, actor.account) == (ActorKind.MANAGER, north, "marketing", None)
    assert not actor.sees_everything
    assert not actor.sees_only_own_accounts


def test_the_operators_managers_see_everything():
    assert actor_of(make.manager()).sees_everything


def test_a_customers_user_acts_for_the_first_account_or_the_chosen_one():
    first, second = make.account(), make.account()
    user = make.customer_user(account=first, access_level=AccessLevel.OWNER)
    make.member(account=second, user=user, access_level=AccessLevel.USER)
    assert (actor_of(user).account, actor_of(user).access_level) == (first, "owner")
    chosen = actor_of(user, account=second)
    assert (chosen.account, chosen.access_level, chosen.reseller) == (second, "user", second.reseller)
    assert actor_of(user, account=second.pk).account == second


def test_nobody_acts_for_somebody_elses_account():
    user = make.customer_user(account=make.account())
    with pytest.raises(MayNotAct):
        actor_of(user, account=make.account())


def test_a_deleted_account_is_acted_for_by_nobody():
    user = make.customer_user(account=make.account(status=AccountStatus.DELETED))
    with pytest.raises(MayNotAct, match="no account"):
        actor_of(user)


def test_a_blocked_person_may_not_act():
    with pytest.raises(MayNotAct, match="blocked"):
        actor_of(make.manager(status=UserStatus.INACTIVE))


def test_managers_of_an_inactive_reseller_may_not_act_and_its_customers_may():
    north = make.reseller(status=ResellerStatus.INACTIVE)
    with pytest.raises(MayNotAct, match="inactive"):
        actor_of(make.manager(reseller=north))
    account = make.account(reseller=north)
    assert actor_of(make.customer_user(account=account)).account == account


def test_actors_are_named_after_the_person():
    assert str(actor_of(make.manager(name="Mary"))) == "Mary"
    assert str(SYSTEM) == "System"
