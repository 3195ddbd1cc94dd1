"""Users: made once, with a password that nobody is told, given rights, changed and removed."""

from typing import Any

import pytest

from sandbox.google import Google
from tests.sandbox.google.asking import DOMAIN, USERS, Asker, user_of

ADMIN = f"admin@{DOMAIN}"


def test_a_user_is_made_once_and_becomes_an_administrator(asker: Asker) -> None:
    customer = asker.customer()["customerId"]
    marks = [{"type": "custom", "customType": "mark", "value": "order:1"}]
    made = asker.user(externalIds=marks, changePasswordAtNextLogin=True)
    assert (made["primaryEmail"], made["customerId"], made["isAdmin"]) == (ADMIN, customer, False)
    assert made["externalIds"] == marks
    assert "password" not in made
    assert asker.refused("POST", USERS, user_of(ADMIN.upper())) == (409, "duplicate")
    assert asker.told("POST", f"{USERS}/{ADMIN}/makeAdmin", {"status": True}) is None
    assert asker.told("GET", f"{USERS}/{made['id']}")["isAdmin"] is True
    assert [user["primaryEmail"] for user in asker.told("GET", USERS, domain=DOMAIN)["users"]] == [ADMIN]
    assert asker.refused("POST", f"{USERS}/{ADMIN}/makeAdmin", {}) == (400, "invalid")


@pytest.mark.parametrize(
    ("email", "changes", "answer"),
    [
        ("admin@elsewhere.example", {}, (404, "notFound")),
        ("no address", {}, (400, "invalid")),
        (ADMIN, {"password": "short"}, (400, "invalid")),
        (ADMIN, {"name": {"givenName": "Marty"}}, (400, "invalid")),
    ],
)
def test_what_is_refused(asker: Asker, email: str, changes: dict[str, Any], answer: tuple[int, str]) -> None:
    asker.customer()
    assert asker.refused("POST", USERS, user_of(email, **changes)) == answer


def test_a_user_is_changed_and_removed(asker: Asker) -> None:
    asker.customer()
    asker.user()
    told = asker.told("PATCH", f"{USERS}/{ADMIN}", {"recoveryEmail": "m@elsewhere.example", "password": "Another123"})
    assert told["recoveryEmail"] == "m@elsewhere.example"
    asker.told("DELETE", f"{USERS}/{ADMIN}")
    assert asker.refused("GET", f"{USERS}/{ADMIN}") == (404, "notFound")


def test_a_customer_may_let_the_reseller_in_no_more(asker: Asker, google: Google) -> None:
    asker.customer()
    asker.user()
    google.let_in(domain=DOMAIN, allowed=False)
    assert asker.refused("GET", f"{USERS}/{ADMIN}") == (403, "domainCannotUseApis")
    google.take_away(domain=DOMAIN)
    assert asker.refused("GET", f"{USERS}/{ADMIN}") == (403, "forbidden")
