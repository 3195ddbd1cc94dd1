"""Who goes first when the balance is short: the customer sees what the order means, and chooses another."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AccessLevel, Account
from subscriptions.models import Plan, Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.turns import in_turn
from tests.browsing import Form, form_of
from tests.factories import billing as money
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db
ADDRESS = reverse("customer:subscription_priorities")


@pytest.fixture
def three(acme: Account, plan: Plan, today: date) -> list[Subscription]:
    """Three subscriptions that need 50.00 each on the next billing day, and money for one of them."""
    money.top_up(account=acme, amount="60.00", today=today)
    return [make.subscription(account=acme, plan=plan, today=today, name=name) for name in ("Mail", "Files", "Backup")]


def order_of(acme: Account) -> list[str]:
    return list(in_turn(acme).values_list("name", flat=True))


def drawn(client: Client) -> Form:
    return form_of(client.get(ADDRESS), holding="version")


def told(answer: object) -> list[tuple[str, str]]:
    return [(turn.subscription.name, str(turn.outcome.label)) for turn, _bound in answer.context["rows"]]


def test_a_button_moves_one_up_and_the_night_follows(client: Client, acme: Account, three: list[Subscription]) -> None:
    page = client.get(ADDRESS)
    short = "stopped: funds short"
    assert told(page) == [("Mail", "goes on"), ("Files", short), ("Backup", short)]
    assert page.content.decode().count("$50.00") == 3
    moved = form_of(page, holding="version").send(client, move=f"{three[1].pk}:-1")
    assert moved.url == ADDRESS
    page = client.get(ADDRESS)
    assert told(page) == [("Files", "goes on"), ("Mail", short), ("Backup", short)]
    form_of(page, holding="version").send(client, move=f"{three[0].pk}:1")
    assert order_of(acme) == ["Files", "Backup", "Mail"]
    run_billing_day(today=three[0].next_billing_day)
    assert list(Subscription.objects.filter(status="active").values_list("name", flat=True)) == ["Files"]


def test_numbers_are_typed_in_one_form_and_what_is_wrong_is_said_beside_them(
    client: Client, acme: Account, three: list[Subscription]
) -> None:
    a, b, c = (f"place.{one.pk}" for one in three)
    drawn(client).send(client, **{a: "3", c: "1"})
    assert order_of(acme) == ["Backup", "Files", "Mail"]
    wrong = drawn(client).send(client, **{a: "2", c: "2"})
    assert (wrong.status_code, set(wrong.context["form"].errors)) in ((422, {a}), (422, {c}))
    wrong = drawn(client).send(client, **{a: "9", b: ""})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (422, {a, b})
    assert order_of(acme) == ["Backup", "Files", "Mail"]


def test_who_saves_second_is_told_by_whom_and_both_places(
    client: Client, acme: Account, three: list[Subscription], browser_of: Callable[[str], Client]
) -> None:
    second = browser_of(AccessLevel.ADMIN)
    mine, theirs = drawn(second), drawn(client)
    theirs.send(client, move=f"{three[2].pk}:-1")
    refused = mine.send(second, move=f"{three[0].pk}:1")
    said = refused.content.decode()
    assert (refused.status_code, order_of(acme)) == (409, ["Mail", "Backup", "Files"])
    assert "Olga Owner has changed this" in said
    form_of(refused, holding="version").send(second)
    assert order_of(acme) == ["Backup", "Mail", "Files"]


def test_offered_where_there_are_two_and_to_who_may(
    client: Client, acme: Account, subscription: Subscription, browser_of: Callable[[str], Client], plan: Plan,
    today: date,
) -> None:  # fmt: skip
    listed = reverse("customer:subscriptions")
    assert ADDRESS not in client.get(listed).content.decode()
    assert "fewer than two subscriptions" in client.get(ADDRESS).content.decode()
    make.subscription(account=acme, plan=plan, today=today)
    assert ADDRESS in client.get(listed).content.decode()
    user = browser_of(AccessLevel.USER)
    assert ADDRESS not in user.get(listed).content.decode()
    assert user.get(ADDRESS).status_code == 403


def test_a_subscription_of_somebody_else_is_neither_shown_nor_moved(
    client: Client, three: list[Subscription], foreign: Subscription
) -> None:
    assert f"place.{foreign.pk}" not in client.get(ADDRESS).content.decode()
    drawn(client).send(client, **{f"place.{foreign.pk}": "1"}, move=f"{foreign.pk}:-1")
    foreign.refresh_from_db()
    assert foreign.billing_priority == 100
