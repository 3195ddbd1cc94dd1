"""Nobody learns by an answer, nor by the work behind it, that an address signs in here."""

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.invitations import invite_users
from accounts.models import Invitation
from notifications.models import Notification
from tests.factories import accounts as make

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
