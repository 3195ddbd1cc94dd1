"""The first administrator: once, with the password that is kept, and the rights."""

import hashlib

import pytest

from tests.sandbox.google.asking import user_of
from tests.vendors.gsuite.bench import GSuiteBench, domain_of
from tests.vendors.gsuite.working import REFERENCE, finished, once, ordering
from tests.vendors.memory import MemoryBook
from vendors.errors import LostAnswer, Rejected, Transient
from vendors.gsuite.administrator import LOGIN, PASSWORD
from vendors.gsuite.client import Api, Google

LOGIN_NAME = f"tania@{domain_of(REFERENCE)}"


def opens(bench: GSuiteBench, password: str) -> bool:
    """Return whether a password is that of the one user."""
    (user,) = bench.vendor.world.store.all("user")
    return user["password"] == hashlib.sha256(password.encode()).hexdigest()


def test_the_password_that_is_kept_opens_and_has_to_be_changed(bench: GSuiteBench) -> None:
    book = MemoryBook()
    finished(bench, ordering(bench), book)
    assert book.sealed[LOGIN] == LOGIN_NAME
    assert opens(bench, book.sealed[PASSWORD])
    (user,) = bench.vendor.users()
    assert (user["isAdmin"], user["changePasswordAtNextLogin"]) == (True, True)
    assert book.sealed[PASSWORD] not in repr([call.result for call in book.steps.values()])


@pytest.mark.parametrize("kind", ["drop_after", "error_after", "drop_before", "error_before"])
def test_after_a_lost_answer_the_kept_password_still_opens(bench: GSuiteBench, kind: str) -> None:
    book, task = MemoryBook(), ordering(bench)
    bench.vendor.fail(kind, method="POST", path="/users$")
    with pytest.raises((LostAnswer, Transient)):
        once(bench, task, book)
    finished(bench, task, book)
    assert opens(bench, book.sealed[PASSWORD])
    assert bench.vendor.counts()["users"] == 1


def test_a_login_that_somebody_has_is_refused_at_its_field(bench: GSuiteBench) -> None:
    book, task = MemoryBook(), ordering(bench)
    bench.vendor.fail("refused", method="POST", path="/users$")
    with pytest.raises(Rejected):
        once(bench, task, book)
    google = Google(bench.connection())
    google.order(Api.DIRECTORY, "/users", user_of(LOGIN_NAME))
    for _attempt in range(2):
        with pytest.raises(Rejected, match="already") as refusal:
            once(bench, task, book)
        assert refusal.value.field == "admin_login"
