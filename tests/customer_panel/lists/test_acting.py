"""An export in the background acts for the account that it was asked for."""

import pytest

from accounts.actors import SYSTEM, actor_of
from accounts.models import Account, User
from customer_panel.lists.acting import account_of
from tests.factories import accounts as cast

pytestmark = pytest.mark.django_db


def test_account_that_was_acted_for_is_acted_for_again(owner: User, acme: Account) -> None:
    branch = cast.account(name="Branch")
    cast.member(account=branch, user=owner)
    asked = actor_of(owner, account=branch)
    assert actor_of(owner, **account_of(asked)).account == branch


def test_who_acts_for_no_account_names_none() -> None:
    assert account_of(SYSTEM) == {}
