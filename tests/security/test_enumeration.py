"""Nobody learns by an answer, nor by the work behind it, that an address signs in here."""

import inspect
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.invitations import invite_users
from accounts.models import Account, Invitation, Reseller, Role, User
from notifications.models import Notification
from tests.factories import accounts as make
from tests.operator_panel.conftest import text_of

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
    "customer_panel.views.users._invite": Tenant.invite_customer_side,
    "operator_panel.views.managers.manager_create": Tenant.create_manager,
    "operator_panel.views.managers.manager_change": Tenant.change_manager,
    "operator_panel.views.resellers.reseller_create": Tenant.create_reseller,
}
# The verbs behind them: every public one of the floor that takes an address of a person.
VERBS = {
    "invite_users", "invite_owner", "invite_to_choose_password", "open_account", "create_manager", "change_manager",
    "create_reseller",
}  # fmt: skip


def functions_of(package: str) -> Iterator[tuple[str, object]]:
    """Yield the functions that the modules of a package define, with their full names."""
    for found in pkgutil.walk_packages(import_module(package).__path__, f"{package}."):
        if ".migrations" not in found.name:
            module = import_module(found.name)
            for name, value in inspect.getmembers(module, inspect.isfunction):
                if value.__module__ == module.__name__:
                    yield f"{module.__name__}.{name}", value


def test_every_verb_and_form_that_takes_a_persons_address_is_in_the_tables():
    taking = set()
    for path, verb in functions_of("accounts"):
        module = inspect.getmodule(verb)
        asked = set(inspect.signature(verb).parameters)
        changes = "values" in asked and "manager" in asked and "email" in getattr(module, "CHANGEABLE_FIELDS", ())
        addresses = asked & {"emails", "owner_email", "manager_email"} or ("email" in asked and "parent" not in asked)
        if not path.rpartition(".")[2].startswith("_") and "actor" in asked and (addresses or changes):
            taking.add(verb.__name__)
    assert taking == VERBS
    called = re.compile(rf"\b({'|'.join(VERBS)})\(")
    forms = {
        path
        for package in ("operator_panel", "customer_panel", "api", "accounts")
        for path, view in functions_of(package)
        if ".views" in path and called.search(inspect.getsource(view).split("\n", 1)[1])
    }
    assert forms == set(FORMS)


def masked(answer: object, address: str) -> tuple[int, str, str]:
    """Return status, target and text of an answer without the address, the ids, keys and moments."""
    said = [re.sub(r"\b[0-9a-f]{12}\b|\d+", "#", text.replace(address, "ADDRESS")) for text in
            (answer.headers.get("Location", ""), text_of(answer))]  # fmt: skip
    return answer.status_code, *said


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_form_answers_and_leaves_the_same_whoever_an_address_belongs_to(form):
    tenant, elsewhere = Tenant(), make.account(reseller=make.reseller(name="South"))
    people = (make.manager(reseller=elsewhere.reseller), make.customer_user(account=elsewhere))
    seen, letters = [], []
    for address in (NOBODY, *(person.email for person in people)):
        with transaction.atomic():
            seen.append([masked(answer, address) for answer in FORMS[form](tenant, address)])
            letters.append([(row.email, row.body_text) for row in Notification.objects.filter(event="invitation")])
            transaction.set_rollback(True)
    assert seen[0][0][0] == 302
    assert seen[0] == seen[1] == seen[2]
    assert [[address for address, _text in told] for told in letters] == [[NOBODY], *([one.email] for one in people)]
    texts = [told[0][1] for told in letters]
    assert ("sign in with this address" if "manager_change" in form else "to choose a password") in texts[0]
    assert "signs in here already" in texts[1]
    assert ("You keep your password" in texts[2]) == ("account" in form or "users" in form)
