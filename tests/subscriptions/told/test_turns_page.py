"""The page that puts an account's subscriptions in order, a page at a time."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from subscriptions.people.turns import in_turn
from subscriptions.told import turns_page
from tests.browsing import form_of
from tests.factories import accounts as cast
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def today() -> date:
    """The day on which the page acts."""
    return timezone.localdate()


@pytest.fixture
def client(acme: Account) -> Client:
    """The browser of Acme's owner."""
    browser = Client()
    browser.force_login(cast.customer_user(account=acme))
    return browser


def test_pages_of_many_and_a_place_on_another_page(
    client: Client, acme: Account, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns_page, "ROWS_OF_A_PAGE", 2)
    plan = make.plan()
    ids = [make.subscription(account=acme, plan=plan, today=today).pk for _number in range(5)]
    address = reverse("customer:subscription_priorities")
    pages = [client.get(address, {"page": number}) for number in (1, 2, 3)]
    places = [[turn.subscription.pk for turn, _bound in page.context["rows"]] for page in pages]
    assert places == [ids[:2], ids[2:4], ids[4:]]
    links = [(page.context["earlier"], page.context["later"]) for page in pages]
    assert links == [(0, 2), (1, 3), (2, 0)]
    answer = form_of(pages[2], holding="version").send(client, **{f"place.{ids[4]}": "1"})
    assert answer.url == f"{address}?page=3"
    assert list(in_turn(acme).values_list("pk", flat=True)) == [ids[4], *ids[:4]]
    assert client.get(address, {"page": "x"}).context["rows"][0][0].subscription.pk == ids[4]
    assert client.get(address, {"page": 9}).context["rows"] == []
