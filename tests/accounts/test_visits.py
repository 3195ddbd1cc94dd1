"""A manager's visit as an owner lasts as long as all that it rests on; the next request ends it and says why."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import (
    AccessLevel,
    Account,
    AccountMembership,
    AccountStatus,
    Reseller,
    Role,
    SignInAs,
    User,
    UserStatus,
)  # fmt: skip
from tests.factories import accounts as make
from tests.security.drawn import form_to

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class Visit:
    """Sam, who sells for North, is signed in as Olga, who owns Acme."""

    def __init__(self, role: str = Role.SALES) -> None:
        self.north = make.reseller(name="North")
        self.sam = make.manager(reseller=self.north, role=role, name="Sam")
        self.acme = make.account(name="Acme", reseller=self.north, manager=self.sam)
        self.olga = make.customer_user(account=self.acme, name="Olga")
        self.client = Client()
        self.client.force_login(self.sam, backend=BACKEND)
        self.client.post(reverse("sign_in_as_owner", args=[self.acme.pk]))
        assert self.who() == self.olga

    def who(self) -> User | None:
        """Return who is signed in."""
        return User.objects.filter(pk=self.client.session.get("_auth_user_id")).first()

    def change(self, **values: object) -> None:
        """Change Sam."""
        User.objects.filter(pk=self.sam.pk).update(**values)

    def account(self, **values: object) -> None:
        """Change Acme."""
        Account.objects.filter(pk=self.acme.pk).update(**values)

    def membership(self, **values: object) -> None:
        """Change what Olga is to Acme."""
        AccountMembership.objects.filter(user=self.olga).update(**values)

    def owner(self, **values: object) -> None:
        """Change Olga."""
        User.objects.filter(pk=self.olga.pk).update(**values)


def taken(visit: Visit) -> None:
    """Hand Acme over to a colleague of Sam's."""
    visit.account(manager=make.manager(reseller=visit.north, role=Role.SALES))


def password_of(person: User) -> None:
    """Choose a new password."""
    person.set_password("another long phrase")
    person.save()


ENDS: dict[str, tuple[Callable[[Visit], object], str, bool]] = {
    # What happens: the deed, the sentence, whether Sam is back in the own session (else signed out).
    "demoted": (lambda visit: visit.change(role=Role.OWNER), "Your role no longer lets you sign in as somebody", True),
    "moved": (lambda visit: visit.change(reseller=make.reseller()), "You now belong to another reseller", True),
    "moved above": (lambda visit: visit.change(reseller=make.operator()), "You now belong to another reseller", True),
    "account handed over": (taken, "no longer yours to see", True),
    "account deleted": (lambda visit: visit.account(status=AccountStatus.DELETED), "The account is deleted", True),
    "blocked": (lambda visit: visit.change(status=UserStatus.INACTIVE), "This user is blocked", False),
    "reseller blocked": (
        lambda visit: Reseller.objects.filter(pk=visit.north.pk).update(status="inactive"),
        "The reseller North is inactive", False,
    ),
    "own password changed": (lambda visit: password_of(visit.sam), "Your password has changed", False),
    "owner removed": (lambda visit: visit.olga.memberships.all().delete(), "Olga is no longer the account", True),
    "owner demoted": (
        lambda visit: visit.membership(access_level=AccessLevel.ADMIN), "Olga is no longer the account", True,
    ),
    "owner blocked": (lambda visit: visit.owner(status=UserStatus.INACTIVE), "is blocked or has a new password", True),
    "owner's password changed": (lambda visit: password_of(visit.olga), "is blocked or has a new password", True),
    "trail closed": (lambda visit: SignInAs.objects.update(ended_at=visit.acme.created_at), "has ended", True),
}  # fmt: skip


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("case", ENDS)
def test_what_a_visit_rests_on_is_asked_at_every_request(case, method):
    visit = Visit()
    deed, sentence, back = ENDS[case]
    form = form_to(visit.client.get("/account/edit/"), "/account/edit/")
    deed(visit)
    answer = form.send(visit.client, tax_id="111") if method == "post" else visit.client.get("/account/")
    assert answer.status_code == 302
    assert answer.url == (reverse("operator:home") if back else reverse("account_login"))
    assert visit.who() == (visit.sam if back else None)
    assert sentence in visit.client.get(answer.url).content.decode()
    assert "sign_in_as" not in visit.client.session
    visit.acme.refresh_from_db()
    assert visit.acme.tax_id == ""
    assert SignInAs.objects.get().ended_at is not None


def test_a_visit_goes_on_while_nothing_changes():
    visit = Visit()
    assert visit.client.get("/account/").status_code == 200
    assert (
        form_to(visit.client.get("/account/edit/"), "/account/edit/").send(visit.client, tax_id="1").status_code == 302
    )
    assert visit.who() == visit.olga


def test_a_colleague_of_higher_rank_is_not_narrowed():
    """An administrator sees accounts of all managers: handing one over ends nothing."""
    visit = Visit(role=Role.ADMIN)
    taken(visit)
    assert visit.client.get("/account/").status_code == 200


def test_a_part_of_a_page_that_asks_is_told_to_load_the_whole_page():
    visit = Visit()
    visit.change(role=Role.OWNER)
    answer = visit.client.get("/account/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, reverse("operator:home"))


def test_a_visit_costs_a_fixed_number_of_statements_more(django_assert_max_num_queries):
    visit = Visit()
    with django_assert_max_num_queries(16):
        visit.client.get("/account/")
