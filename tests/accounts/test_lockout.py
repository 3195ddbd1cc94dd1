"""Who waits after wrong passwords: by name and address, by name whatever the address, by address whatever the name."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessLog
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.lockout import BY_ADDRESS, BY_NAME, forget_old_attempts, forget_wrong_passwords
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
HOME = "198.51.100.1"


@pytest.fixture(autouse=True)
def _fresh_rate_limits():
    cache.clear()


def tried(address: str, name: str, password: str = make.PASSWORD, **headers: str) -> int:
    return Client(REMOTE_ADDR=address).post(LOGIN, {"login": name, "password": password}, **headers).status_code


def wait(minutes: float) -> None:
    for row in AccessAttempt.objects.all():
        row.attempt_time -= timedelta(minutes=minutes)
        row.save()


@pytest.mark.parametrize("proxies", [0, 1])
def test_a_made_up_forwarded_address_per_try_buys_nothing(settings, proxies):
    """Fourteen of fourteen were answered where a proxy was declared that the guesser went around."""
    settings.TRUSTED_PROXIES = proxies
    mary = make.manager()
    answers = [
        tried("203.0.113.1", mary.email, "wrong", headers={"X-Forwarded-For": f"10.1.1.{attempt}"})
        for attempt in range(14)
    ]
    assert answers == [200] * 9 + [429] * 5
    assert tried("203.0.113.1", mary.email, headers={"X-Forwarded-For": "10.1.1.99"}) == 429


def test_many_addresses_guess_one_name_no_faster_than_one():
    mary = make.manager()
    answers = [tried(f"203.0.113.{attempt}", mary.email, "wrong") for attempt in range(1, 15)]
    assert answers == [200] * (BY_NAME - 1) + [429] * (15 - BY_NAME)
    wait(15)
    assert [tried(f"203.0.113.{last}", mary.email, "wrong") for last in (50, 51)] == [429, 429]
    assert AccessAttempt.objects.count() == BY_NAME + 1  # one try a quarter of an hour


def test_a_stranger_keeps_nobody_out_who_signs_in_from_where_they_always_do():
    mary = make.manager()
    assert tried(HOME, mary.email) == 302
    for attempt in range(BY_NAME + 5):
        tried(f"203.0.113.{attempt}", mary.email, "wrong")
    assert tried("203.0.113.99", mary.email) == 429
    assert tried(HOME, mary.email) == 302
    assert tried("203.0.113.99", mary.email) == 429  # her success forgets nothing of the strangers'


def test_the_known_address_itself_guesses_no_more_than_ten():
    mary = make.manager()
    assert tried(HOME, mary.email) == 302
    assert [tried(HOME, mary.email, "wrong") for _attempt in range(11)] == [200] * 9 + [429] * 2
    assert tried(HOME, mary.email) == 429
    wait(15)
    assert tried(HOME, mary.email) == 302


def test_the_mailbox_opens_the_door():
    mary = make.manager()
    for attempt in range(BY_NAME):
        tried(f"203.0.113.{attempt}", mary.email, "wrong")
    assert tried(HOME, mary.email) == 429
    forget_wrong_passwords(mary.email.upper())
    assert tried(HOME, mary.email) == 302


def test_one_address_tries_so_many_names_and_then_waits():
    wrong = []
    for attempt in range(BY_ADDRESS + 2):
        cache.clear()  # allauth's thirty a minute
        wrong.append(tried("203.0.113.1", f"nobody{attempt}@example.com", "wrong"))
    assert wrong == [200] * (BY_ADDRESS - 1) + [429] * 3
    mary = make.manager()
    assert tried("203.0.113.1", mary.email) == 429
    assert tried("203.0.113.2", mary.email) == 302


def test_unknown_names_wait_like_known_ones():
    answers = {
        name: [tried(f"203.0.113.{attempt}", name, "wrong") for attempt in range(12)]
        for name in (make.manager().email, "nobody@example.com")
    }
    assert len({tuple(one) for one in answers.values()}) == 1


def test_old_counts_and_old_lines_are_forgotten():
    mary = make.manager()
    tried(HOME, mary.email, "wrong")
    tried(HOME, make.manager().email)
    assert forget_old_attempts(now=timezone.now() + timedelta(hours=23)) == 0
    assert forget_old_attempts(now=timezone.now() + timedelta(hours=25)) == 1
    assert AccessLog.objects.count() == 1
    assert forget_old_attempts(now=timezone.now() + timedelta(days=181)) == 1
