"""Users of the account: invite, change the access level, remove, withdraw."""

from collections.abc import Callable

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.models import AccessLevel, Account, AccountMembership, Invitation, User
from tests.factories import accounts as cast

pytestmark = pytest.mark.django_db
USERS = "/users/"
INVITE = "/users/invite/"


@pytest.fixture
def colleague(acme: Account) -> AccountMembership:
    """A User of Acme."""
    user = cast.customer_user(account=acme, access_level=AccessLevel.USER, name="Ulf")
    return AccountMembership.objects.get(user=user)


def said(answer: object) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_addresses_are_split_by_spaces_commas_and_semicolons(client: Client, acme: Account) -> None:
    sent = {"emails": " a@example.com, b@example.com;c@example.com\nd@example.com ", "access_level": "admin"}
    assert client.post(INVITE, sent).url == USERS
    invited = Invitation.objects.filter(account=acme).order_by("pk").values_list("email", "access_level")
    assert list(invited) == [(f"{name}@example.com", "admin") for name in "abcd"]


def test_wrong_address_invites_nobody_and_keeps_what_was_typed(client: Client) -> None:
    answer = client.post(INVITE, {"emails": "a@example.com, nonsense", "access_level": "user"})
    assert answer.context["form"].errors == {"emails": ["“nonsense” is no e-mail address. Correct it."]}
    assert answer.context["form"]["emails"].value() == "a@example.com, nonsense"
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("emails", [" ", ";,"])
def test_nobody_is_not_invited(client: Client, emails: str) -> None:
    answer = client.post(INVITE, {"emails": emails, "access_level": "user"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["emails"])


def test_second_owner_cannot_be_invited(client: Client) -> None:
    answer = client.post(INVITE, {"emails": "a@example.com", "access_level": "owner"})
    assert list(answer.context["form"].errors) == ["access_level"]


def test_page_shows_people_and_open_invitations(client: Client, owner: User, colleague: AccountMembership) -> None:
    client.post(INVITE, {"emails": "new@example.com", "access_level": "user"})
    page = client.get(USERS)
    assert [membership.user for membership in page.context["memberships"]] == [owner, colleague.user]
    assert [invitation.email for invitation in page.context["invitations"]] == ["new@example.com"]


def test_withdrawn_invitation_is_gone(client: Client) -> None:
    client.post(INVITE, {"emails": "new@example.com", "access_level": "user"})
    address = reverse("customer:user_withdraw", args=[Invitation.objects.get().pk])
    assert said(client.post(address))[-1] == "The invitation of new@example.com is withdrawn."
    assert said(client.post(address))[-1] == "This invitation was used or withdrawn already."
    assert list(client.get(USERS).context["invitations"]) == []


def test_access_level_is_changed(client: Client, colleague: AccountMembership) -> None:
    answer = client.post(reverse("customer:user_level", args=[colleague.pk]), {"access_level": "admin"})
    colleague.refresh_from_db()
    assert (colleague.access_level, said(answer)) == ("admin", ["Ulf: Admin."])


def test_admin_does_not_pass_the_ownership_on(
    browser_of: Callable[[str], Client], owner: User, colleague: AccountMembership
) -> None:
    browser = browser_of(AccessLevel.ADMIN)
    assert browser.get(USERS).context["levels"] == [AccessLevel.ADMIN, AccessLevel.USER]
    answer = browser.post(reverse("customer:user_level", args=[colleague.pk]), {"access_level": "owner"})
    assert said(answer) == ["Only the owner can make another user the owner. Ask the owner or your provider."]


def test_user_is_removed(client: Client, colleague: AccountMembership) -> None:
    answer = client.post(reverse("customer:user_remove", args=[colleague.pk]))
    assert (answer.url, said(answer)) == (USERS, ["Ulf is no longer a user of this account."])
    assert not AccountMembership.objects.filter(pk=colleague.pk).exists()


def test_owner_stays(client: Client, owner: User) -> None:
    membership = AccountMembership.objects.get(user=owner)
    answer = client.post(reverse("customer:user_remove", args=[membership.pk]))
    assert said(answer) == ["The owner cannot be removed: make another user the owner first."]
