"""Axe over every page of both panels, and of the people's pages between them, in light and in dark."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser

from accounts.models import AccessLevel, Account, Role
from tests.browser.shown import Showcase
from tests.browsing import form_of, forms_of
from tests.factories import accounts as cast
from tests.factories.billing import top_up
from tests.security.addresses import Route, kinds_of, named, reversible, routes
from tests.security.world import ORDERED_ON, World, living

pytestmark = [pytest.mark.django_db, pytest.mark.browser]

PANELS = ("operator", "customer", "vendors", "gateways", "lists", "")
ROUTES = [route for panel in PANELS for route in named(panel) if reversible(route)]
# What shows no page, with why and what is answered instead: all else is shown, or its test fails.
NO_PAGES = {
    ("answered to a button only", 302): {
        "appearance", "choose_account", "sign_in_as_owner", "sessions_end", "customer:order_cancel",
        "customer:payment_cancel", "customer:payment_demo_bank",
        "customer:payment_card", "customer:subscription_secrets", "customer:user_level",
        "customer:user_remove", "customer:user_withdraw", "sign_in_as_end", "customer:subscription_act",
        "operator:subscription_act",
    },
    ("leads to a page that is judged under its own name", 302): {
        "operator:plan_create", "vendors:office365:begin",
        "vendors:office365:callback", "operator:vendor_connection_check",
        "operator:subscription_settle",
    },
    ("shown on the way to Microsoft, whom no connection of this world reaches", 302): {"vendors:office365:leave"},
    ("only a name that django-allauth needs", 404): {
        "account_confirm_login_code", "account_email", "account_email_verification_sent", "account_set_password",
        "account_signup",
    },
    ("told by a gateway, which signs what it says", 400): {"gateways:told"},
    ("a file", 200): {"lists:export_file", "mfa_download_recovery_codes"},
}  # fmt: skip
SHOW_NO_PAGE = {name: status for (_why, status), names in NO_PAGES.items() for name in names}
# Whose pages look otherwise in another state: these are shown, of all else one.
OF_MANY_STATES = {"subscription", "order", "payment", "plan"}
# How many pixels of a list lie beyond the edge of its card.
BEYOND = "(list => list.scrollWidth - list.clientWidth)(document.querySelector('.list .table-scroll'))"


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everybody with one of everything, as in tests/security."""
    with living(django_db_blocker, tmp_path_factory.mktemp("media")) as made:
        yield made


@pytest.fixture(scope="module")
def showcase(chromium: Browser) -> Iterator[Showcase]:
    """The tab in which all pages are shown, one after the other."""
    opened = Showcase(chromium)
    yield opened
    opened.close()


def is_page(answer: HttpResponseBase) -> bool:
    """Return whether the answer is a page that is shown, rather than a file, a fragment or a way elsewhere."""
    shown = answer.status_code in (200, 422) and not answer.streaming and answer["Content-Type"].startswith("text/html")
    return shown and b"<html" in answer.content


@pytest.fixture(scope="module")
def careful(world: World) -> tuple[Client, Client]:
    """Two browsers of a manager with a second factor: one that is asked for its code now, one that has given it."""
    person = cast.manager(reseller=world.north.reseller)
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    codes = RecoveryCodes.activate(person).get_unused_codes()
    asked, signed_in = Client(), Client()
    for client in (asked, signed_in):
        client.post(reverse("account_login"), {"login": person.email, "password": cast.PASSWORD})
    signed_in.post(reverse("mfa_authenticate"), {"code": codes[0]})
    return asked, signed_in


def visited(client: Client, address: str) -> HttpResponseBase:
    """Return what is there for the person, who gives the password where it is asked for again on the way."""
    answer = client.get(address)
    if not answer.get("Location", "").startswith(f"{reverse('account_reauthenticate')}?next="):
        return answer
    question = client.get(answer["Location"])
    (form,) = [form for form in forms_of(question) if "password" in form.values]
    return client.get(form.send(client, password=cast.PASSWORD)["Location"])


def fetch(world: World, careful: tuple[Client, Client], route: Route, address: str) -> HttpResponseBase:
    """Return the page as the person sees it whose page it is; a stranger's where nobody has to be signed in."""
    owner, manager = world.north.customers[AccessLevel.OWNER].client, world.north.managers[Role.ADMIN].client
    people = {"customer": (owner,), "": (world.nobody.client, manager, *careful)}.get(route.panel, (manager,))
    for client in people:
        answer = visited(client, address)
        if is_page(answer):
            break
    return answer


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_axe_finds_nothing(world: World, careful: tuple[Client, Client], showcase: Showcase, route: Route):
    most = None if OF_MANY_STATES.intersection(kinds_of(route)) else 1
    addresses = route.addresses(world.north.objects)[:most]
    answers = {address: fetch(world, careful, route, address) for address in addresses}
    pages = {address: answer for address, answer in answers.items() if is_page(answer)}
    said = {answer.status_code for answer in answers.values()}
    if route.name in SHOW_NO_PAGE:
        assert (pages, said) == ({}, {SHOW_NO_PAGE[route.name]})
    else:
        # What cannot be done in one state of several leads elsewhere or is not there.
        assert pages != {}, said
        assert said <= {200, 302, 404, 422}
    judged = [trouble for address, answer in pages.items() for trouble in showcase.violations(address, answer)]
    assert judged == [], "\n".join(judged)


def test_every_address_is_judged_or_has_a_reason():
    """What is left out is the API's; a reason for a page that is gone goes too."""
    assert [route for route in routes() if route not in ROUTES and not route.pattern.startswith("api/")] == []
    assert set(SHOW_NO_PAGE) <= {route.name for route in ROUTES}


def test_axe_finds_nothing_where_a_new_token_is_shown(world: World, showcase: Showcase):
    client, address = world.north.managers[Role.ADMIN].client, reverse("operator:profile_token_new")
    answer = form_of(visited(client, address), holding="name").send(client, name="Shop")
    assert answer.context["token"] in answer.content.decode()
    assert showcase.violations(address, answer) == []


def test_great_sums_and_long_names_fit_a_phone(world: World, showcase: Showcase):
    """A list shows every column of ten or so beside the others, and a phone nothing beyond its edge."""
    house, long = world.north, "Przedsiębiorstwo Handlowo-Usługowe Donaudampfschifffahrtsgesellschaft Süd"
    with transaction.atomic():
        account = Account.objects.get(pk=house.objects["account"][0])
        top_up(account=account, amount="1234567890.12", today=ORDERED_ON)
        Account.objects.filter(pk=account.pk).update(name=long)
        owner, manager = house.customers[AccessLevel.OWNER].client, house.managers[Role.ADMIN].client
        pages = {
            "/": owner, "/payments/": owner, "/account/": owner, "/transactions/": owner,
            "/operator/accounts/": manager, f"/operator/accounts/{account.pk}/": manager,
        }  # fmt: skip
        found = [trouble for address, client in pages.items()
                 for trouble in showcase.violations(address, client.get(address))]  # fmt: skip
        showcase.show("/operator/accounts/", manager.get("/operator/accounts/"))
        beyond = showcase.page.evaluate(BEYOND)
        transaction.set_rollback(True)
    assert (found, beyond) == ([], 0)


@pytest.mark.parametrize("address", ["/operator/nothing/", "/nothing/"])
def test_axe_finds_nothing_where_nothing_is(world: World, showcase: Showcase, address: str):
    answer = world.north.managers[Role.ADMIN].client.get(address)
    assert answer.status_code == 404
    assert showcase.violations(address, answer) == []


def test_axe_does_find_what_is_wrong(world: World, showcase: Showcase):
    answer = world.nobody.client.get("/accounts/login/")
    answer.content = answer.content.replace(b"<label", b"<span").replace(b' lang="en"', b"", 1)
    rules = [trouble.split(" ")[1] for trouble in showcase.violations("/accounts/login/", answer)]
    assert {"html-has-lang", "label"} <= set(rules)
