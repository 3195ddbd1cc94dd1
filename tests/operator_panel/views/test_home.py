"""Home says what needs attention."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import actor_of
from accounts.models import Account, User
from accounts.roles import MANAGER_RIGHTS
from subscriptions.models import Plan
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.operator_panel.conftest import signed_in, text_of
from vendors.connections import add_connection

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def test_home_says_what_needs_attention(client: Client, subscription: object) -> None:
    assert "Nothing waits for you" in text_of(client.get(page("home")))
    subscription.status = "installation_failed"
    subscription.save()
    assert "1 subscription failed at the vendor" in text_of(client.get(page("home")))


@pytest.mark.parametrize("role", ["admin", "owner", "sales", "marketing"])
def test_home_of_each_role_shows_what_it_may_do_something_about_and_nothing_else(
    administrator: User, acme: Account, plan: Plan, today: date, role: str
) -> None:
    manager = cast.manager(role=role)
    acme.manager = manager
    acme.save()
    make.order(account=acme, plan=plan, today=today)
    failed = make.subscription(account=acme, plan=plan, today=today)
    failed.status, failed.manager = "installation_failed", manager
    failed.save()
    values = {"tenant_id": "t", "client_id": "c", "client_secret": "s"}
    actor = actor_of(administrator)
    add_connection(actor=actor, reseller=actor.reseller, plugin="office365", name="Microsoft", values=values)
    said = text_of(signed_in(manager).get(page("home")))
    everything = {"order waits", "failed at the", "needs a grant"}
    shown = {words for words in everything if words in said}
    rights = MANAGER_RIGHTS[role]
    may = {
        "order waits": "payments.approve" in rights,
        "failed at the": "orders.retry" in rights,
        "needs a grant": "vendor_connections.change" in rights,
    }
    assert shown == {words for words, can in may.items() if can}
    assert ("Needs attention" in said) == any(may.values())
    assert "every connection works" not in said
