"""The users of an account and their invitations."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from tests.factories import accounts as cast
from tests.operator_panel.conftest import errors_of

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def test_users_are_invited_changed_and_removed(client: Client, acme: Account) -> None:
    client.post(page("account_invite", acme.pk), {"emails": "a@x.example\nb@x.example", "access_level": "user"})
    assert sorted(acme.invitations.values_list("email", flat=True)) == ["a@x.example", "b@x.example"]
    client.post(page("account_invitation_withdraw", acme.pk, acme.invitations.first().pk), {"confirmed": "yes"})
    assert acme.invitations.filter(withdrawn_at=None).count() == 1
    cast.customer_user(account=acme)
    member = cast.customer_user(account=acme, access_level="user").memberships.get()
    client.post(page("account_user", acme.pk, member.pk), {"access_level": "admin"})
    member.refresh_from_db()
    assert member.access_level == "admin"
    client.post(page("account_user_remove", acme.pk, member.pk), {"confirmed": "yes"})
    assert acme.memberships.count() == 1


def test_wrong_address_of_an_invitation_is_refused_at_the_emails(client: Client, acme: Account) -> None:
    answer = client.post(page("account_invite", acme.pk), {"emails": "nobody", "access_level": "user"})
    assert list(errors_of(answer)) == ["emails"]
    assert "nobody" in answer.content.decode()
