"""The gate over every address: two tabs, signing in as somebody, removed members, demoted and moved managers.

Generated from Django's table of addresses, so that a new page is tried the day it is made.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from accounts.models import AccessLevel, Account, AccountMembership, Role, User
from accounts.roles import MANAGER_RIGHTS
from accounts.visits import CHOSEN_ACCOUNT
from tests.factories import accounts as cast
from tests.security.addresses import Route, kinds_of, named, reversible, routes
from tests.security.drawn import DrawnForm, forms_of
from tests.security.marks import fingerprint
from tests.security.world import House, World

pytestmark = pytest.mark.django_db

ALL = [route for route in routes() if reversible(route)]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

# What a manager who is signed in as an account's owner may send, and why; all else is refused by the gate.
WHILE_SIGNED_IN_AS = {
    "sign_in_as_end": "the way back",
    "account_logout": "the way out",
    "lists:export": "looked at, never sent: the file of this visit",
    "lists:export_file": "the same",
    "customer:subscriptions": "exporting the list (choices of columns are refused in the list itself)",
    "customer:payments": "the same",
    "customer:charges": "the same",
    "customer:transactions": "the same",
    "customer:subscription": "the owner's business: looked at",
    "customer:subscription_charges": "exporting the list",
    "customer:subscription_transactions": "the same",
    "customer:subscription_change": "the owner's business, under both names",
    "customer:subscription_act": "the same: a letter sent again, a file",
    "customer:subscription_stop": "the same",
    "customer:subscription_renew": "the same",
    "customer:subscription_auto_renew": "the same",
    "customer:subscription_end": "the same",
    "customer:subscription_switch": "the same",
    "customer:subscription_activate": "the same",
    "customer:subscription_delete": "the same",
    "customer:subscription_priorities": "the owner's business: who goes first",
    "customer:forecast": "looked at",
    "customer:calendar": "exporting the list",
    "customer:subscription_commitment": "the same",
    "customer:subscription_secrets": "the verb shows a visitor nothing (subscriptions/people/revealing.py)",
    "customer:order_plan": "ordering for the customer is what the visit is for",
    "customer:order_plan_details": "the same",
    "customer:order_plan_check": "the same",
    "customer:subscription_order": "the same",
    "customer:order_pay_from_balance": "paying what was ordered",
    "customer:order_cancel": "the owner's business",
    "customer:order_correct": "the same",
    "customer:payment_top_up": "the same",
    "customer:payment_cancel": "the same",
    "customer:payment_demo_bank": "the demo's bank",
    "customer:payment_card": "paying by card is paying what was ordered",
    "customer:payment_card_leave": "looked at: the way to the gateway",
    "customer:charge": "looked at",
    "customer:invoices": "exporting the list",
    "customer:invoice": "looked at",
    "customer:credit_notes": "exporting the list",
    "customer:credit_note": "looked at",
    "customer:account": "looked at",
    "customer:account_edit": "the contact data of the company, which the manager may change anyway",
    "customer:users": "looked at",
}
# Everybody at every address with every method, by `make prove`.
EVERYTHING = bool(os.environ.get("PROVE"))
# Of another panel: not there for the owner either, or asked by token alone.
CLOSED_ELSEWHERE = {"operator", "api", "vendors"}
# What a sales person finds only where the account is.
OF_AN_ACCOUNT = {
    "account", "subscription", "order", "refused_order", "payment", "charge", "correction", "guarantee", "invoice",
}  # fmt: skip


def objects(house: House, place: int) -> dict[str, Any]:
    """Return one object of each kind; exports are the customer's (1) or the manager's (0)."""
    found = {kind: ids[:1] for kind, ids in house.objects.items()}
    return {**found, "export": house.objects["export"][place : place + 1]}


def first(house: House, route: Route) -> str:
    return route.addresses(objects(house, 1 if route.panel != "operator" else 0))[0]


def browser(user: User, **session: Any) -> Client:
    """Return a browser that sends nothing but what stands in the pages."""
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.force_login(user, backend=BACKEND)
    kept = client.session
    kept.update(session)
    kept.save()
    return client


def account_of(house: House) -> Account:
    return Account.objects.get(pk=house.objects["account"][0])


@pytest.fixture
def apart(world: World) -> Iterator[World]:
    """The world, and everything of one test rolled back."""
    with transaction.atomic():
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def visit(apart: World) -> Client:
    """The browser of North's administrator, signed in as the owner of North's account."""
    client = Client(raise_request_exception=False)
    client.force_login(apart.north.managers[Role.ADMIN].actor.user, backend=BACKEND)
    assert client.post(f"/accounts/sign-in-as/{account_of(apart.north).pk}/").url == "/"
    return client


def test_signed_in_as_somebody_each_address_is_open_with_a_reason_or_refused(apart: World, visit: Client) -> None:
    """Seen before: the manager set up the owner's second factor, changed the profile, invited and removed people."""
    wrong, before = [], fingerprint()
    for route in ALL:
        if route.panel in CLOSED_ELSEWHERE:
            continue
        for method in ("get", "post"):
            home = route.name in ("customer:home", "customer:home_messages") and method == "get"
            if route.name in WHILE_SIGNED_IN_AS or home:
                continue
            answer = getattr(visit, method)(first(apart.north, route), {"confirmed": "yes"})
            refused = answer.status_code == 403 and b"Not while you are signed in as somebody else" in answer.content
            wrong += [] if refused else [(method, route.name, answer.status_code)]
    assert wrong == []
    assert fingerprint() == before


@pytest.mark.prove
def test_signed_in_as_somebody_the_other_panel_is_not_there(apart: World, visit: Client) -> None:
    """The door looks at the person before the method: each address is asked by one of the two in turn."""
    wrong, before = [], fingerprint()
    for place, route in enumerate(ALL):
        if route.panel in CLOSED_ELSEWHERE and route.name != "api:openapi":
            expected = {401} if route.panel == "api" else {404, 403, 405}
            for method in ("get", "post") if EVERYTHING else ("get", "post")[place % 2 :][:1]:
                status = getattr(visit, method)(first(apart.north, route)).status_code
                fits = status in expected or (method == "post" and status == 405)
                wrong += [] if fits else [(method, route.name, status)]
    assert wrong == []
    assert fingerprint() == before


def test_what_is_open_to_a_visitor_exists() -> None:
    """A reason for a page that is gone goes too."""
    known = {route.name for route in ALL}
    assert set(WHILE_SIGNED_IN_AS) <= known


# --- forms as they were drawn ---------------------------------------------------------------------------------------


def drawn(client: Client, house: House, panel: str) -> dict[str, DrawnForm]:
    """Return each form that is posted on some page of the panel, by page and address."""
    found = {}
    for route in ALL:
        if route.panel == panel:
            for address in route.addresses(objects(house, 1 if panel == "customer" else 0)):
                answer = client.get(address)
                if answer["Content-Type"].startswith("text/html") and answer.status_code == 200:
                    found |= {f"{route.name} {form.action}": form for form in forms_of(answer, address)}
    return found


def without_mark(forms: dict[str, DrawnForm]) -> list[str]:
    """Return the forms that do not say for whom they were drawn: none, of a whole panel's."""
    assert len(forms) > 40
    return [name for name, form in forms.items() if not any(form.values.get("drawn_for", ()))]


def test_no_form_of_the_first_account_is_taken_while_the_second_is_chosen(apart: World) -> None:
    """Seen before: the second got the first's name and tax number."""
    account, owner = account_of(apart.north), apart.north.customers[AccessLevel.OWNER].actor.user
    second = cast.account(reseller=apart.north.reseller)
    cast.member(account=second, user=owner, access_level=AccessLevel.OWNER)
    client = browser(owner, **{CHOSEN_ACCOUNT: account.pk})
    forms = drawn(client, apart.north, "customer")
    assert without_mark(forms) == []
    personal = ("/accounts/", "/appearance/")
    about = {name: form for name, form in forms.items() if not form.action.startswith(personal)}
    assert len(about) > 15
    session = client.session
    session[CHOSEN_ACCOUNT] = second.pk
    session.save()
    before = fingerprint()
    wrong = [name for name, form in about.items() if form.send(client).status_code != 409]
    assert wrong == []
    assert fingerprint() == before
    # Nor after the person was removed from the first.
    AccountMembership.objects.filter(user=owner, account=account).delete()
    before = fingerprint()
    assert [name for name, form in about.items() if form.send(client).status_code != 409] == []
    assert fingerprint() == before


def test_no_form_of_a_manager_is_taken_for_another_reseller(apart: World) -> None:
    """The same manager, moved between drawing and sending."""
    user = apart.north.managers[Role.ADMIN].actor.user
    client = browser(user)
    everything = drawn(client, apart.north, "operator")
    assert without_mark(everything) == []
    forms = {name: form for name, form in everything.items() if form.action.startswith("/operator/")}
    assert len(forms) > 30
    User.objects.filter(pk=user.pk).update(reseller=apart.south.reseller)
    before = fingerprint()
    assert [name for name, form in forms.items() if form.send(client).status_code != 409] == []
    assert fingerprint() == before


FORM = re.compile(r"<form\b[^>]*method=\"post\"[^>]*>(.*?)</form>", re.DOTALL)
TEMPLATES = sorted(path for path in Path(settings.BASE_DIR, "templates").rglob("*.html") if "emails" not in path.parts)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_form_of_a_template_draws_its_token(path: Path) -> None:
    """The mark comes with the token; only the page of the refusal itself sends an old mark again."""
    bare = [text for text in FORM.findall(path.read_text()) if "{% csrf_token %}" not in text]
    assert len(bare) == (1 if path.name == "gate.html" else 0)


# --- those whose power was taken ------------------------------------------------------------------------------------


def test_a_removed_member_finds_nothing(apart: World) -> None:
    """Every page after the removal from the only account: signed out; with another account, its own rows only."""
    account, user = account_of(apart.north), apart.north.customers[AccessLevel.ADMIN].actor.user
    other = cast.account(reseller=apart.south.reseller)
    cast.member(account=other, user=user, access_level=AccessLevel.OWNER)
    client = browser(user, **{CHOSEN_ACCOUNT: account.pk})
    AccountMembership.objects.filter(user=user, account=account).delete()
    wrong, before = [], fingerprint()
    for route in [*named("customer"), *named("lists")]:
        for address in route.addresses(objects(apart.north, 1)):
            answer = client.get(address)
            # North's plans among the rows of a page of one's own would be a leak as well.
            shown = "" if answer.streaming else answer.content.decode().replace(address, "")
            told = {"file"} if answer.streaming else apart.north.tenant.seen_in(shown)
            told -= {one for one in told if str(user.pk) in one}
            wrong += [(address, answer.status_code, told)] if told else []
            # What only takes forms leads away at once, whatever the id.
            nothing = (302, 404, 405) if getattr(route.view, "posted", False) else (404, 405)
            if route.parameters and answer.status_code not in nothing:
                wrong.append((address, answer.status_code, "there"))
    assert wrong == []
    AccountMembership.objects.filter(user=user).delete()
    assert client.get("/").url == "/accounts/login/"
    assert "_auth_user_id" not in client.session
    assert {key: value for key, value in fingerprint().items() if "membership" not in key} == {
        key: value for key, value in before.items() if "membership" not in key
    }


DEMOTED = (Role.MARKETING, Role.OWNER, Role.SALES)


@pytest.mark.prove
@pytest.mark.parametrize("role", DEMOTED)
def test_a_demoted_manager_has_the_new_role_on_every_page(apart: World, role: Role) -> None:
    """An administrator, demoted: pages, lists and files as the new role has them, at the next request.

    The roles share the pages out among them, as test_rights.py opens each page for each role.
    """
    user = apart.north.managers[Role.ADMIN].actor.user
    client = browser(user)
    assert client.get("/operator/").status_code == 200
    User.objects.filter(pk=user.pk).update(role=role)
    client.force_login(User.objects.get(pk=user.pk), backend=BACKEND)
    wrong = []
    share = slice(None) if EVERYTHING else slice(DEMOTED.index(role), None, len(DEMOTED))
    for route in named("operator")[share]:
        status = client.get(first(apart.north, route)).status_code
        refused = status == 403 or (status == 404 and bool(route.parameters))
        if status == 405:
            continue
        if route.right and route.right not in MANAGER_RIGHTS[role] and not refused:
            wrong.append((route.name, status))
        # An account of a colleague is not there for a sales person.
        if role == Role.SALES and OF_AN_ACCOUNT & set(kinds_of(route)):
            wrong += [] if status in (403, 404) or user_sells(apart, user) else [(route.name, status)]
    for address in ("/lists/exports/{}/", "/lists/exports/{}/file/"):
        assert client.get(address.format(apart.north.objects["export"][0])).status_code == 404
    assert wrong == []


def user_sells(world: World, user: User) -> bool:
    """Return whether the demoted administrator supervises who sells to North's account."""
    return user.subordinate_links.filter(subordinate=account_of(world.north).manager).exists()


def test_a_sales_person_finds_nothing_of_an_account_that_was_handed_over(apart: World) -> None:
    account = account_of(apart.north)
    user = apart.north.managers[Role.SALES].actor.user
    client = browser(user)
    assert client.get(f"/operator/accounts/{account.pk}/").status_code == 200
    Account.objects.filter(pk=account.pk).update(manager=apart.colleague.actor.user)
    found = []
    for route in named("operator"):
        if OF_AN_ACCOUNT & set(kinds_of(route)):
            for address in route.addresses(objects(apart.north, 0)):
                found += [address] if client.get(address).status_code not in (403, 404, 405) else []
    assert found == []


@pytest.mark.parametrize("taken", [{"status": "inactive"}, {}])
def test_a_blocked_manager_and_one_of_a_blocked_reseller_open_nothing(apart: World, taken: dict[str, str]) -> None:
    user = apart.north.managers[Role.ADMIN].actor.user
    for address in ("/operator/", "/operator/accounts/", f"/lists/exports/{apart.north.objects['export'][0]}/"):
        with transaction.atomic():
            client = browser(user)
            if taken:
                User.objects.filter(pk=user.pk).update(**taken)
            else:
                type(user.reseller).objects.filter(pk=user.reseller_id).update(status="inactive")
            answer = client.get(address)
            assert answer.status_code in (302, 403), address
            assert answer.get("Location", "/accounts/login/").startswith("/accounts/login/")
            transaction.set_rollback(True)


def test_no_export_is_there_for_anybody_else(apart: World) -> None:
    """Each export of each house, asked for by everybody: only who made it, acting as then."""
    houses = (apart.root, apart.north, apart.north_east, apart.south)
    people = [person for house in houses for person in (*house.managers.values(), *house.customers.values())]
    got = []
    for house in houses:
        for export in house.objects["export"]:
            for person in [*people, apart.neighbour, apart.colleague, apart.nobody]:
                if person.client.get(f"/lists/exports/{export}/file/").status_code == 200:
                    got.append((str(person), export))
    expected = [
        (str(person), export)
        for house in houses
        for person, export in zip(
            (house.managers[Role.ADMIN], house.customers[AccessLevel.OWNER]), house.objects["export"], strict=True
        )
    ]
    assert sorted(got) == sorted(expected)
