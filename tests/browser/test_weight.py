"""How much a browser that was never here has to fetch, as the server of a real machine packs it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from playwright.sync_api import Browser, expect

from accounts.models import Role, User
from tests import module_database
from tests.browser.conftest import free_port, wait_for_page
from tests.browser.person import Person
from tests.conftest import start_process
from tests.factories import accounts as cast

pytestmark = pytest.mark.browser

MOST = 250_000
transactional_db = module_database.transactional_db


@pytest.fixture(scope="module")
def web(transactional_db: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A web server as it runs outside tests: with the static files that set-up collected and packed."""
    web, log = f"http://localhost:{free_port()}", tmp_path_factory.mktemp("weight") / "web.log"
    process = start_process(
        "-m", "gunicorn", "brokerage.wsgi", "--bind", web.replace("http://localhost", "127.0.0.1"), "--threads", "4",
        log=Path(log), BASE_URL=web, BROKERAGE_ENV="development",
    )  # fmt: skip
    try:
        wait_for_page(f"{web}/accounts/login/", process, log)
        yield web
    finally:
        process.terminate()
        process.wait(10)


class Weighed:
    """What a page and all that it loads weigh on the wire, in bytes by address."""

    def __init__(self, person: Person) -> None:
        self.bytes: dict[str, float] = {}
        self._addresses: dict[str, str] = {}
        watching = person.context.new_cdp_session(person.page)
        watching.send("Network.enable")
        watching.on("Network.responseReceived", self._begins)
        watching.on("Network.loadingFinished", self._ends)

    def _begins(self, event: dict) -> None:
        self._addresses[event["requestId"]] = event["response"]["url"]

    def _ends(self, event: dict) -> None:
        address = self._addresses.get(event["requestId"], "?")
        self.bytes[address] = self.bytes.get(address, 0) + event["encodedDataLength"]


# Russian weighs more: its letters are in files of their own.
@pytest.mark.prove
@pytest.mark.parametrize("language", ["en", "ru"] if os.environ.get("PROVE") else ["ru"])
def test_a_first_view_weighs_less_than_250_kilobytes(chromium: Browser, web: str, language: str):
    manager = cast.manager(role=Role.ADMIN, language=language)
    # Written as outside tests, where the quick way of tests to write passwords is not read.
    User.objects.filter(pk=manager.pk).update(password=make_password(cast.PASSWORD, hasher=PBKDF2PasswordHasher()))
    for number in range(50):
        cast.account(name=f"Roga i kopyta {number}")
    with Person(chromium, web, language) as newcomer:
        gate = Weighed(newcomer)
        newcomer.page.goto("/accounts/login/", wait_until="networkidle")
        assert 0 < sum(gate.bytes.values()) < MOST, gate.bytes
        newcomer.sign_in(manager.email, cast.PASSWORD)
        cookies = newcomer.context.cookies()
    with Person(chromium, web, language) as person:
        person.context.add_cookies(cookies)
        first = Weighed(person)
        person.go("operator:accounts")
        person.page.wait_for_load_state("networkidle")
        expect(person.page.locator("tbody tr")).to_have_count(50)
    whole = sum(first.bytes.values())
    assert 0 < whole < MOST, first.bytes
    fonts = [address for address in first.bytes if address.endswith(".woff2")]
    assert len(fonts) <= 2, fonts
    assert "chart" not in " ".join(first.bytes)
