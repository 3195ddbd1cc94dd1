"""A form is carried out once, whoever presses how often; a crash leaves neither the row nor its key."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import connection
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import timezone

from accounts.models import User
from core.panel.models import SentForm
from core.panel.once import DAYS_KEPT, KEY, SentBefore, forget_old_forms, new_key, once, repeated
from tests.factories import accounts as cast


def sent(user: User, key: str, **answers: Any) -> HttpRequest:
    request = RequestFactory().post("/make/?of=this", {KEY: key, "csrfmiddlewaretoken": new_key(), **answers})
    request.user = user
    request._messages = CookieStorage(request)
    return request


@pytest.mark.django_db
def test_the_same_form_is_carried_out_once_and_leads_where_it_led() -> None:
    user, key, done = cast.manager(), new_key(), []
    for _click in range(3):
        assert once(sent(user, key, name="A"), lambda: done.append("A") or f"/made/{len(done)}/") == "/made/1/"
    answer = repeated(sent(user, key, name="A"))
    assert (done, answer.status_code, answer.url) == (["A"], 302, "/made/1/")


@pytest.mark.django_db
def test_the_same_key_with_other_answers_is_refused() -> None:
    user, key = cast.manager(), new_key()
    once(sent(user, key, name="A"), lambda: "/made/")
    assert repeated(sent(user, key, name="B")) is None
    with pytest.raises(SentBefore) as refusal:
        once(sent(user, key, name="B"), lambda: pytest.fail("carried out"))
    assert refusal.value.code == "idempotency_conflict"


@pytest.mark.django_db
def test_a_key_is_one_person_s_own() -> None:
    key, done = new_key(), []
    for user in (cast.manager(), cast.manager()):
        once(sent(user, key, name="A"), lambda: done.append("A") or "/made/")
    assert len(done) == 2


@pytest.mark.django_db
def test_what_broke_leaves_no_key_and_may_be_sent_again() -> None:
    user, key, done = cast.manager(), new_key(), []

    def deed() -> str:
        cast.manager(email="half@example.com")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        once(sent(user, key, name="A"), deed)
    assert not SentForm.objects.exists()
    assert not User.objects.filter(email="half@example.com").exists()
    assert once(sent(user, key, name="A"), lambda: done.append("A") or "/made/") == "/made/"
    assert done == ["A"]


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "no key", "0" * 31])
def test_a_form_without_a_key_is_carried_out_each_time(key: str) -> None:
    user, done = cast.manager(), []
    for _click in range(2):
        once(sent(user, key), lambda: done.append("A") or "/made/")
        assert repeated(sent(user, key)) is None
    assert (len(done), SentForm.objects.count()) == (2, 0)


@pytest.mark.django_db(transaction=True)
def test_a_twin_waits_for_the_first_and_leads_where_it_led() -> None:
    user, key, done, led = cast.manager(), new_key(), [], []
    inside, go_on = threading.Event(), threading.Event()

    def slow() -> str:
        done.append("first")
        inside.set()
        assert go_on.wait(10)
        return "/first/"

    def press(deed: Any) -> None:
        led.append(once(sent(user, key, name="A"), deed))
        connection.close()

    first = threading.Thread(target=press, args=(slow,))
    twin = threading.Thread(target=press, args=(lambda: done.append("twin") or "/twin/",))
    first.start()
    assert inside.wait(10)
    twin.start()
    twin.join(0.3)
    assert twin.is_alive()  # it waits for what becomes of the first
    go_on.set()
    for thread in (first, twin):
        thread.join(10)
    assert (done, led) == (["first"], ["/first/", "/first/"])


@pytest.mark.django_db
def test_old_forms_are_forgotten() -> None:
    user = cast.manager()
    once(sent(user, new_key()), lambda: "/made/")
    now = timezone.now()
    assert forget_old_forms(now=now + timedelta(days=DAYS_KEPT - 1)) == 0
    assert forget_old_forms(now=now + timedelta(days=DAYS_KEPT + 1)) == 1
