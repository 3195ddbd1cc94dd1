"""A manager puts an account's subscriptions in order: seen in the log, and never of another reseller's account."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from subscriptions.models import Plan, Subscription
from tests.browsing import form_of
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.operator_panel.conftest import signed_in, text_of

pytestmark = pytest.mark.django_db


def test_a_manager_moves_one_and_the_log_says_who(
    client: Client, administrator: User, subscription: Subscription, plan: Plan, today: date
) -> None:
    account = subscription.account
    address = reverse("operator:account_priorities", args=[account.pk])
    own = reverse("operator:account", args=[account.pk])
    assert address not in client.get(own).content.decode()
    second = make.subscription(account=account, plan=plan, today=today)
    assert address in client.get(own).content.decode()
    assert form_of(client.get(address), holding="version").send(client, move=f"{second.pk}:-1").url == address
    second.refresh_from_db()
    assert second.billing_priority == 99
    log = text_of(client.get(reverse("operator:account_log", args=[account.pk])))
    assert "Billing priority: 100 → 99" in log
    assert "choosing who goes first" in log


def test_another_resellers_account_is_not_there_and_who_may_not_is_refused(
    subscription: Subscription, as_role: Callable[[str], Client]
) -> None:
    address = reverse("operator:account_priorities", args=[subscription.account_id])
    stranger = signed_in(cast.manager(reseller=cast.reseller()))
    assert (stranger.get(address).status_code, stranger.post(address, {}).status_code) == (404, 404)
    assert [as_role(role).get(address).status_code for role in ("sales", "owner", "marketing")] == [404, 403, 403]
