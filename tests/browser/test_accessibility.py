"""Axe over every page of both panels, and of the people's pages between them, in light and in dark."""

from collections.abc import Iterator

import pytest
from django.http import HttpResponseBase
from playwright.sync_api import Browser

from accounts.models import AccessLevel, Role
from tests.browser.shown import Showcase
from tests.security.addresses import Route, kinds_of, named, reversible
from tests.security.conftest import world as north_and_south
from tests.security.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.browser]

PANELS = ("operator", "customer", "vendors", "lists", "")
ROUTES = [route for panel in PANELS for route in named(panel) if reversible(route)]
SHOW_NO_PAGE = {
    # answered to a button only
    "appearance", "choose_account", "sign_in_as_owner", "sign_in_as_end", "customer:order_cancel",
    "customer:payment_cancel", "customer:payment_demo_bank", "sessions_end",
    "customer:subscription_secrets", "customer:user_level", "customer:user_remove", "customer:user_withdraw",
    "vendors:office365:begin", "vendors:office365:check", "vendors:office365:leave",
    # of an order that a vendor has refused only; and after the password is asked for again
    "customer:order_correct", "operator:order_correct", "operator:profile_token_new",
    # lead to a page that is judged under its own name
    "operator:plan_create", "operator:vendor_connection_create", "vendors:office365:callback", "mfa_activate_totp",
    "mfa_authenticate", "mfa_generate_recovery_codes", "mfa_reauthenticate",
    # names that django-allauth needs, and what there is only with a second factor
    "account_confirm_login_code", "account_email", "account_email_verification_sent", "account_set_password",
    "account_signup", "mfa_deactivate_totp", "mfa_download_recovery_codes", "mfa_view_recovery_codes",
    # files and fragments
    "lists:export_file",
}  # fmt: skip
# Whose pages look otherwise in another state: two of them are shown, of all else one.
OF_MANY_STATES = {"subscription", "order", "payment", "plan"}

world = north_and_south  # the fixture


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


def fetch(world: World, route: Route, address: str) -> HttpResponseBase:
    """Return the page as the person sees it whose page it is; a stranger's where nobody has to be signed in."""
    north = world.north
    if route.panel == "customer":
        return north.customers[AccessLevel.OWNER].client.get(address)
    if route.panel:
        return north.managers[Role.ADMIN].client.get(address)
    answer = world.nobody.client.get(address)
    return answer if answer.status_code == 200 else north.managers[Role.ADMIN].client.get(address)


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_axe_finds_nothing(world: World, showcase: Showcase, route: Route):
    most = 2 if OF_MANY_STATES.intersection(kinds_of(route)) else 1
    addresses = route.addresses(world.north.objects)[:most]
    pages = {address: answer for address in addresses if is_page(answer := fetch(world, route, address))}
    assert bool(pages) == (route.name not in SHOW_NO_PAGE)
    judged = [trouble for address, answer in pages.items() for trouble in showcase.violations(address, answer)]
    assert judged == [], "\n".join(judged)


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
