"""What belongs to no panel keeps the frame of the person's own: errors, the gate, sign-in and security."""

import pytest
from django.test import Client

from accounts.models import AccessLevel
from tests.factories import accounts as cast

pytestmark = pytest.mark.django_db
ELSEWHERE = {
    "/nowhere/": 404,
    "/operator/accounts/99999999/": 404,
    "/subscriptions/99999999/": 404,
    "/accounts/sessions/": 200,
    "/accounts/2fa/": 200,
    "/accounts/password/change/": 200,
    "/accounts/signup/": 404,
}


def _browser(*, manager: bool) -> Client:
    client = Client()
    customer = cast.customer_user(account=cast.account(), access_level=AccessLevel.OWNER) if not manager else None
    client.force_login(customer or cast.manager(role="sales"))
    return client


@pytest.mark.parametrize(("manager", "home"), [(True, "/operator/"), (False, "/")], ids=["manager", "customer"])
def test_the_frame_stays(manager: bool, home: str) -> None:
    client = _browser(manager=manager)
    for address, status in ELSEWHERE.items():
        answer = client.get(address, follow=True)
        page = answer.content.decode()
        assert answer.status_code == status, address
        assert f'<a class="brand" href="{home}">' in page, address
        assert '<aside class="bar"' in page, address
        assert page.count("<h1") == 1, address
        assert ("Accounts" in page) is manager, address


def test_a_role_that_lacks_the_right_keeps_the_frame() -> None:
    answer = _browser(manager=True).get("/operator/vendor-connections/")
    assert (answer.status_code, '<aside class="bar"' in answer.content.decode()) == (403, True)


def test_who_is_not_signed_in_sees_no_frame() -> None:
    answer = Client().get("/nowhere/")
    assert (answer.status_code, "<aside" in answer.content.decode()) == (404, False)
