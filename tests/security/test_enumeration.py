"""Nobody learns by an answer, nor by the work behind it, that an address signs in here."""

import ast
import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actors import actor_of
from accounts.invitations import invite_users
from accounts.models import Account, Invitation, Reseller, Role, User, UserStatus
from accounts.staff import create_manager
from notifications.models import Notification
from tests.factories import accounts as make
from tests.operator_panel.conftest import text_of
from tests.security.reaching import Code

pytestmark = pytest.mark.django_db
NOBODY = "nobody@example.com"


class Counting(MD5PasswordHasher):
    """Django's own hasher that counts its runs."""

    runs = 0

    def encode(self, password: str, salt: str) -> str:
        Counting.runs += 1
        return super().encode(password, salt)


@pytest.fixture(autouse=True)
def _counted(settings):
    settings.PASSWORD_HASHERS = ["tests.security.test_enumeration.Counting"]
    cache.clear()


def work(address: str, **form: str) -> tuple[int, str, int, list[str]]:
    """Return status, target, hash runs and the beginnings of the statements of a form that is sent."""
    cache.clear()
    client = Client()
    client.get(address)
    before = Counting.runs
    with CaptureQueriesContext(
        connection,
    ) as statements:
        answer = client.post(address, form)
    kinds = [entry["sql"].split()[0] for entry in statements if "axes" not in entry["sql"]]
    return answer.status_code, answer.headers.get("Location", ""), Counting.runs - before, kinds


def test_signing_in_costs_the_same_whether_the_name_is_known_or_not():
    mary = make.manager()
    work("/accounts/login/", login=mary.email, password="wrong")
    known = work("/accounts/login/", login=make.manager().email, password="wrong")
    unknown = work("/accounts/login/", login=NOBODY, password="wrong")
    assert known[2] == unknown[2] == 1
    assert known == unknown


def test_asking_for_a_new_password_costs_the_same_whether_the_name_is_known_or_not():
    mary = make.manager()
    known = work("/accounts/password/reset/", email=mary.email)
    unknown = work("/accounts/password/reset/", email=NOBODY)
    assert known[:3] == unknown[:3] == (302, "/accounts/password/reset/done/", 0)
    assert [kind for kind in known[3] if kind in ("INSERT", "UPDATE")] == [
        kind for kind in unknown[3] if kind in ("INSERT", "UPDATE")
    ]
    assert abs(len(known[3]) - len(unknown[3])) <= 2
    assert [row.email for row in Notification.objects.all()] == [mary.email]


def test_an_invitation_says_nothing_of_who_is_known_elsewhere():
    account, elsewhere = make.account(), make.account(reseller=make.reseller())
    addresses = [NOBODY, make.manager().email, make.customer_user(account=elsewhere).email]
    sent = invite_users(
        actor=make.manager_actor(), account=account, emails=addresses, access_level="user", now=timezone.now()
    )
    assert [row.email for row in sent] == addresses
    assert Invitation.objects.count() == Notification.objects.filter(event="invitation").count() == 3


class Tenant:
    """One reseller's administrator and customer's owner in their panels, and the forms that ask a person's address."""

    def __init__(self) -> None:
        """Make the reseller, its people and an account without and one with an owner."""
        self.north = make.reseller(name="North")
        self.kind, self.terms = make.account_type(reseller=self.north), make.account_class(reseller=self.north)
        self.acme = make.account(reseller=self.north, account_type=self.kind, account_class=self.terms)
        self.manager = make.manager(reseller=self.north)
        self.sam = make.manager(reseller=self.north, role=Role.SALES)
        self.staff, self.customer = Client(), Client()
        self.staff.force_login(self.manager, backend=BACKEND)
        self.customer.force_login(make.customer_user(account=self.acme), backend=BACKEND)

    def open_account(self, address: str) -> list[object]:
        """Open an account with that owner."""
        form = {
            "primary_name": "Vega", "account_type": self.kind.pk, "account_class": self.terms.pk,
            "email": "office@vega.example", "owner_name": "Ann", "owner_email": address,
        }  # fmt: skip
        answer = self.staff.post(reverse("operator:account_create"), form)
        opened = Account.objects.latest("pk").pk
        return [answer, *self._seen("accounts"), *self._seen("account", "account_users", "account_log", at=opened)]

    def invite_staff_side(self, address: str) -> list[object]:
        """Invite to an account in the operator panel."""
        form = {"emails": address, "access_level": "user"}
        answer = self.staff.post(reverse("operator:account_invite", args=[self.acme.pk]), form)
        return [answer, *self._seen("account", "account_users", at=self.acme.pk)]

    def invite_customer_side(self, address: str) -> list[object]:
        """Invite to the own account in the customer panel."""
        answer = self.customer.post(reverse("customer:user_invite"), {"emails": address, "access_level": "user"})
        return [answer, self.customer.get(reverse("customer:users"))]

    def create_manager(self, address: str) -> list[object]:
        """Create a manager."""
        form = {"reseller": self.north.pk, "name": "Ivan", "email": address, "role": "sales"}
        answer = self.staff.post(reverse("operator:manager_create"), form)
        made = User.everyone.latest("pk").pk
        return [answer, *self._seen("managers"), *self._seen("manager", "manager_change", "manager_log", at=made)]

    def change_manager(self, address: str) -> list[object]:
        """Give a manager another address."""
        form = {"name": "Sam", "email": address, "role": "sales", "status": "active"}
        answer = self.staff.post(reverse("operator:manager_change", args=[self.sam.pk]), form)
        pages = self._seen("manager", "manager_change", "manager_log", at=self.sam.pk)
        return [answer, *self._seen("managers"), *pages]

    def create_reseller(self, address: str) -> list[object]:
        """Create a reseller with its first administrator."""
        form = {
            "parent": self.north.pk, "name": "Below", "currency": "EUR", "email": "below@example.com",
            "default_language": "en", "manager_name": "Nora", "manager_email": address,
        }  # fmt: skip
        answer = self.staff.post(reverse("operator:reseller_create"), form)
        made = Reseller.objects.latest("pk").pk
        return [answer, *self._seen("managers"), *self._seen("reseller", at=made)]

    def _seen(self, *pages: str, at: int | None = None) -> list[object]:
        return [self.staff.get(reverse(f"operator:{page}", args=[at] if at else [])) for page in pages]


BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# The view that takes a person's address -> how a test fills it in.
FORMS = {
    "operator_panel.views.account_changes.account_create": Tenant.open_account,
    "operator_panel.views.account_users.account_invite": Tenant.invite_staff_side,
    "customer_panel.views.users.user_invite": Tenant.invite_customer_side,
    "operator_panel.views.managers.manager_create": Tenant.create_manager,
    "operator_panel.views.managers.manager_change": Tenant.change_manager,
    "operator_panel.views.resellers.reseller_create": Tenant.create_reseller,
}
# What else of ours looks a person up by an address, and why nobody learns from it whose that is.
OTHERWISE = {
    "accounts.views.invitation": "the link went to the mailbox, and only that may hear what it means",
    "accounts.invitations.accept_invitation": "behind the same link",
    "accounts.invitations.needs_password": "behind the same link",
    "accounts.filters.AccountFilter.filter_owner": "among the accounts that the actor sees",
    "accounts.receivers.tell_of_lockout": "a letter to that mailbox; the answer costs the same (test above)",
    "notifications.sign_in_mail.OutboxAccountAdapter.send_mail": "the same for everybody (test above)",
    "notifications.receivers.write_invitation": "the letter itself",
    "subscriptions.simulation.playing.simulate": "the platform's own, of people whom it makes up",
    "subscriptions.simulation.playing.played": "the same",
    "subscriptions.simulation.playing.play": "the same",
    "subscriptions.simulation.stage.set_up": "the same",
    "subscriptions.simulation.above.put_above": "the same",
    "subscriptions.management.commands.simulate_billing.Command.handle": "the same",
}
VERBS = {
    "accounts.invitations.invite_users", "accounts.invitations.invite_owner", "accounts.staff.create_manager",
    "accounts.invitations.invite_to_choose_password", "accounts.invitations.standing_of",
    "accounts.staff.change_manager",
    "accounts.registration.open_account", "accounts.resellers.create_reseller",
}  # fmt: skip
LOOKING = {
    "filter",
    "get",
    "exclude",
    "create",
    "create_user",
    "get_or_create",
    "update_or_create",
    "get_by_natural_key",
}


def looks_up_or_makes(part: ast.AST) -> bool:
    """Return whether rows are looked up or made by an e-mail, or a person is made."""
    if not isinstance(part, ast.Call):
        return False
    if isinstance(part.func, ast.Name):
        return part.func.id == "User"
    by_address = any("email" in (given.arg or "") for given in part.keywords)
    return isinstance(part.func, ast.Attribute) and part.func.attr in LOOKING and by_address


def test_whatever_comes_to_look_a_person_up_by_an_address_is_in_the_tables():
    """A new form, verb or method of the API fails here until a test fills it in or says why nobody learns from it."""
    code = Code()
    reaching = code.reaching(code.holding(looks_up_or_makes))
    public = {name for name in reaching if not name.rpartition(".")[2].startswith("_")}
    product = {
        name for name in public if not name.startswith(("brokerage.demo.", "brokerage.management.commands.demo."))
    }
    assert product == {*FORMS, *OTHERWISE, *VERBS}


# In the rows: moments and keys of one, and what only the mailbox hears (compared apart).
OF_ITS_OWN = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{12,}|\d+")
LETTER = {"subject", "body_text", "body_html"}
RANDOM = {"password"}
# Whose work differs from one time to the next: sessions and what is counted by signing in.
NOT_COMPARED = {"sessions.Session", "accounts.UserSession", "accounts.SignedIn"}


def masked(answer: object, address: str) -> tuple[int, str, str]:
    """Return status, target and text of an answer without the address, the ids, keys and moments."""
    said = (answer.headers.get("Location", ""), text_of(answer))
    return answer.status_code, *(OF_ITS_OWN.sub("#", text.replace(address, "ADDRESS")) for text in said)


def rows_now() -> dict[str, dict[Any, dict[str, Any]]]:
    """Return every row of every table, the history's too."""
    tables = set(connection.introspection.table_names())
    return {
        model._meta.label: {row["pk"]: row for row in model._base_manager.values("pk", *_columns(model))}
        for model in apps.get_models()
        if model._meta.db_table in tables and model._meta.label not in NOT_COMPARED
    }


def _columns(model: type) -> list[str]:
    return [one.attname for one in model._meta.concrete_fields if one.attname not in LETTER | RANDOM]


def left(before: dict[str, Any], after: dict[str, Any], address: str) -> list[tuple[str, str]]:
    """Return the rows that were made or changed, without what is of one time only."""
    changed = [(label, rows[pk]) for label, rows in after.items() for pk in rows if before[label].get(pk) != rows[pk]]
    return sorted((label, OF_ITS_OWN.sub("#", repr(row).replace(address, "ADDRESS"))) for label, row in changed)


def skeleton(entry: dict[str, str]) -> str:
    """Return a statement without its values."""
    return re.sub(r"'[^']*'|\d+|[0-9a-f]{12,}", "#", entry["sql"])


class Elsewhere:
    """The people of another reseller whose addresses somebody may try out, and one that nobody has."""

    def __init__(self) -> None:
        """Make one of each kind."""
        south = make.reseller(name="South")
        account = make.account(reseller=south)
        manager = make.manager(reseller=south)
        blocked = make.manager(reseller=south, status=UserStatus.INACTIVE)
        customer = make.customer_user(account=account)
        boss = actor_of(make.manager(reseller=south))
        invited = create_manager(
            actor=boss, reseller=south, name="Sue", email="sue@example.com", role=Role.SALES, now=timezone.now()
        )
        invite_users(actor=boss, account=account, emails=["cy@example.com"], access_level="user", now=timezone.now())
        people = (manager, blocked, customer, invited)
        self.addresses = [*(person.email for person in people), "cy@example.com"]


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_form_answers_and_leaves_the_same_whoever_an_address_belongs_to(form):
    """Status, page, every page behind it, every row with its history, and every statement on the way."""
    tenant, elsewhere = Tenant(), Elsewhere()
    before, compared, letters = rows_now(), [], []
    for address in (NOBODY, NOBODY, *elsewhere.addresses):
        hashed = Counting.runs
        with transaction.atomic():
            with CaptureQueriesContext(connection) as statements:
                answers = FORMS[form](tenant, address)
            work = [skeleton(entry) for entry in statements]
            said = [masked(answer, address) for answer in answers]
            compared.append((said, left(before, rows_now(), address), work, Counting.runs - hashed))
            letters.append(
                [(row.email, row.body_text) for row in Notification.objects.filter(email=address).order_by("pk")]
            )
            transaction.set_rollback(True)
    _first, usual, *others = compared  # the first one fills what is kept from one request to the next
    assert usual[0][0][0] == 302
    assert usual[1], "nothing was left"
    for other in others:
        for part, as_usual in zip(other, usual, strict=True):
            assert part == as_usual
    _the_mailbox_alone_is_told(form, letters)


def _the_mailbox_alone_is_told(form: str, letters: list[list[tuple[str, str]]]) -> None:
    nobody, _again, manager, _blocked, customer, invited, asked = [told[-1][1] for told in letters]
    assert ("you sign in with this address" if "manager_change" in form else "and choose a password") in nobody
    assert "signs in here already" in manager
    assert ("You keep your password" in customer) == ("account" in form or "users" in form)
    assert invited.splitlines()[:2] == nobody.splitlines()[:2] == asked.splitlines()[:2]
