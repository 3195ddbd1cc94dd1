"""The pages of the consent, as a browser meets them."""

from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.actors import Actor
from accounts.models import Role
from tests.factories import accounts as cast
from tests.vendors.office365.bench import answered
from vendors import registry
from vendors.microsoft import errors
from vendors.models import ConnectionState, VendorConnection

CALLBACK = "/vendors/office365/consent/callback"


@pytest.fixture
def browser(admin: Actor) -> Client:
    browser = Client(SERVER_NAME="localhost")  # a reply address on this machine is open to the demo's application
    browser.force_login(admin.user)
    return browser


def page_of(connection: VendorConnection) -> str:
    return f"/operator/vendor-connections/{connection.pk}/"


def begun(browser: Client, connection: VendorConnection) -> str:
    response = browser.post(f"/vendors/office365/connections/{connection.pk}/consent")
    assert response.headers["Location"] == "/vendors/office365/consent/leave"
    leaving = browser.get(response.headers["Location"])
    if leaving.status_code == 302:
        return leaving.headers["Location"]
    url = leaving.headers["Refresh"].removeprefix("0; url=")
    assert f'href="{escape(url)}"' in leaving.content.decode()  # for who follows no refresh
    return url


def test_manager_goes_to_microsoft_and_comes_back_granted(
    browser: Client, admin: Actor, office365: VendorConnection
) -> None:
    url = begun(browser, office365)
    assert dict(parse_qsl(urlsplit(url).query))["redirect_uri"] == f"http://localhost{CALLBACK}"
    response = browser.get(CALLBACK, answered(url))
    assert response.headers["Location"] == page_of(office365)
    office365.refresh_from_db()
    assert (office365.state, office365.granted_by) == (ConnectionState.GRANTED, admin.user)


def test_answer_sent_as_a_form_becomes_a_get_that_carries_the_session(
    browser: Client, office365: VendorConnection
) -> None:
    answer = {**answered(begun(browser, office365)), "unknown": "dropped"}
    from_microsoft = Client(
        enforce_csrf_checks=True, SERVER_NAME="localhost"
    )  # no cookie of ours comes with Microsoft's form
    response = from_microsoft.post(CALLBACK, answer)
    assert response.status_code == 303
    kept = {name: value for name, value in answer.items() if name != "unknown"}
    assert response.headers["Location"] == f"{CALLBACK}?{urlencode(kept)}"
    browser.get(response.headers["Location"])
    office365.refresh_from_db()
    assert office365.state == ConnectionState.GRANTED


def test_declined_consent_is_told_on_the_connections_page(browser: Client, office365: VendorConnection) -> None:
    response = browser.get(CALLBACK, answered(begun(browser, office365), "cancel"))
    assert response.headers["Location"] == page_of(office365)
    office365.refresh_from_db()
    assert (office365.state, office365.last_error) == (ConnectionState.WAITING_FOR_CONSENT, errors.DECLINED)


def test_answer_without_a_begun_consent_changes_nothing(browser: Client, office365: VendorConnection) -> None:
    answer = answered(begun(browser, office365))
    response = browser.get(CALLBACK, {**answer, "state": "forged"})
    assert response.headers["Location"] == "/operator/vendor-connections/"
    office365.refresh_from_db()
    assert office365.state == ConnectionState.WAITING_FOR_CONSENT
    assert browser.get(CALLBACK, answer).headers["Location"] == "/operator/vendor-connections/"
    office365.refresh_from_db()
    assert office365.state == ConnectionState.WAITING_FOR_CONSENT


def test_flow_in_the_session_is_encrypted(browser: Client, office365: VendorConnection) -> None:
    begun(browser, office365)
    kept = dict(browser.session)["office365_consent"]
    assert "code_verifier" not in kept


@pytest.mark.parametrize("path", ["consent"])
def test_connections_of_others_do_not_exist(client: Client, office365: VendorConnection, path: str) -> None:
    address = f"/vendors/office365/connections/{office365.pk}/{path}"
    assert client.post(address).headers["Location"].startswith("/accounts/login/")
    for person, status in (
        (cast.manager(reseller=cast.reseller(name="South")), 404),
        (cast.manager(role=Role.SALES), 403),
    ):
        client.force_login(person)
        assert client.post(address).status_code == status
    office365.refresh_from_db()
    assert office365.state == ConnectionState.NEW


@pytest.mark.parametrize("path", ["consent"])
def test_nothing_changes_by_following_a_link(browser: Client, office365: VendorConnection, path: str) -> None:
    response = browser.get(f"/vendors/office365/connections/{office365.pk}/{path}")
    assert response.headers["Location"] == page_of(office365)
    office365.refresh_from_db()
    assert (office365.state, office365.last_check_at) == (ConnectionState.NEW, None)


def test_the_page_that_leads_to_microsoft_does_nothing_without_its_form(browser: Client, office365) -> None:
    assert browser.get("/vendors/office365/consent/leave").headers["Location"] == "/operator/vendor-connections/"
    office365.refresh_from_db()
    assert office365.state == ConnectionState.NEW


def test_microsoft_out_of_reach_is_told(browser: Client, office365: VendorConnection) -> None:
    VendorConnection.objects.update(settings={**office365.settings, "login_base_url": "http://127.0.0.1:9"})
    assert begun(browser, office365) == page_of(office365)
    office365.refresh_from_db()
    assert office365.last_error == errors.LOGIN_TROUBLE


def test_pages_speak_for_the_plugin_below_whose_slug_they_stand(
    browser: Client, office365: VendorConnection, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Office 365's addresses were written into the pages: a second plugin's consent would have come back to them."""
    settings.ROOT_URLCONF = "tests.vendors.microsoft.two_plugins"
    monkeypatch.setitem(registry._plugins, "azure", registry.plugin_for("office365"))
    begin = f"/vendors/azure/connections/{office365.pk}/consent"
    assert browser.post(begin).status_code == 404
    VendorConnection.objects.filter(pk=office365.pk).update(plugin="azure")
    leave = browser.post(begin).headers["Location"]
    assert leave == "/vendors/azure/consent/leave"
    url = browser.get(leave).headers["Refresh"].removeprefix("0; url=")
    callback = "/vendors/azure/consent/callback"
    assert dict(parse_qsl(urlsplit(url).query))["redirect_uri"] == f"http://localhost{callback}"
    browser.get(callback, answered(url))
    office365.refresh_from_db()
    assert office365.state == ConnectionState.GRANTED
