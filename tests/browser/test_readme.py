"""README's "What to click", followed to the letter, and a customer's way from the letter to the running service."""

import os
import re
import time
from decimal import Decimal
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, Locator, expect

from accounts.models import Account, AccountType, Reseller, User
from accounts.registration import open_account
from brokerage.demo import cast, catalogue
from subscriptions.models import SubscriptionStatus
from tests.browser import readme
from tests.browser.conftest import Stage
from tests.browser.person import MILLISECONDS, Person

pytestmark = [pytest.mark.slow, pytest.mark.browser]

# What a Russian reader calls the things that README leaves to the reader.
IN_RUSSIAN = {"My office": "Мой офис", "my-office": "moy-ofis", "Bloom Ltd": "Ромашка", "bloom.": "romashka."}
EVERYTHING = bool(os.environ.get("PROVE"))
FORM_BUTTONS = "main form .btn-primary, main form .btn-danger"


@pytest.fixture(scope="module")
def demo(stage: Stage) -> Reseller:
    """The demo's people, consent, plan and terms: what `make demo` leaves, without its history."""
    day = timezone.localdate()
    operator = cast.make_operator(day)
    plan = catalogue.make_office(catalogue.grant(stage, catalogue.connect(stage)), day)
    north = cast.make_reseller(parent=operator, name="North", admin=cast.NORTH_ADMIN, day=day)
    cast.make_reseller(parent=north, name="North-East", admin=cast.Person("", "admin@north-east.example"), day=day)
    cast.make_story_account(reseller=north, number=1, day=day)
    catalogue.delegate(plan, north, Decimal("12.50"), day)
    return north


class Reader(Person):
    """Somebody who does what README says and nothing else."""

    def names(self, text: str) -> list[str]:
        return readme.in_language(text, self.language)

    def do(self, deed: readme.Deed) -> None:
        {"press": self.press_named, "fill": self.fill_named, "see": self.see_named, "confirm": self.confirm}[deed.kind](
            *(part for part in (deed.text, deed.value) if part)
        )

    def press_named(self, text: str) -> None:
        """Press the one thing of that name: by its whole name, else by a name that holds it."""
        self.one(
            [
                self.page.get_by_role(role, name=name, exact=exact)
                for exact in (True, False)
                for name in self.names(text)
                for role in ("button", "tab", "link", "checkbox", "radio")
            ],
            text,
        ).click()

    def fill_named(self, text: str, value: str) -> None:
        """Fill in, or choose in, the input with that label: of that name alone, else of one that begins with it."""
        labels = [
            self.page.get_by_label(re.compile(rf"^\s*{re.escape(name)}{rest}"))
            for rest in (r"\s*$", "")
            for name in self.names(text)
        ]
        control = self.one(labels, text)
        if control.evaluate("control => control.localName") == "select":
            control.select_option(label=value)
        else:
            control.fill(value)

    def see_named(self, text: str) -> None:
        """Wait until the page says it; pages that wait for a vendor show it by themselves."""
        deadline = time.monotonic() + 2 * MILLISECONDS / 1000
        while not any(name.casefold() in self.content.inner_text().casefold() for name in self.names(text)):
            assert time.monotonic() < deadline, f"{text!r} is not to be seen at {self.page.url}"
            self.page.wait_for_timeout(200)

    def confirm(self) -> None:
        """Press the main button of the page's form."""
        before = self.page.url, self.page.locator("main").inner_text()
        self.page.locator(FORM_BUTTONS).last.click()
        deadline = time.monotonic() + MILLISECONDS / 1000
        while (self.page.url, self.page.locator("main").inner_text()) == before and time.monotonic() < deadline:
            self.page.wait_for_timeout(100)

    def one(self, choices: list[Locator], text: str) -> Locator:
        """Return the first choice that is on the page, waiting for it as long as a page takes."""
        deadline = time.monotonic() + MILLISECONDS / 1000
        while time.monotonic() < deadline:
            for choice in choices:
                shown = [each for each in choice.all() if each.is_visible()]
                if shown:
                    return shown[0]
            self.page.wait_for_timeout(100)
        raise AssertionError(f"README says {text!r}, the page {self.page.url} has none")


# The main job is done in Russian (test_main_job.py), and both in both by `make prove`.
@pytest.mark.prove
@pytest.mark.parametrize("language", ["en", "ru"] if EVERYTHING else ["en"])
def test_what_to_click_is_done_to_the_letter(stage: Stage, chromium: Browser, demo: Reseller, language: str):
    User.objects.update(language=language)
    steps = readme.steps(IN_RUSSIAN if language == "ru" else {})
    assert len(steps) == 8
    assert sum(len(deeds) for _text, deeds in steps) > 50
    open_for: dict[str, Reader] = {}
    try:
        for text, deeds in steps:
            for deed in deeds:
                if deed.who not in open_for:
                    open_for[deed.who] = Reader(chromium, stage.web, language)
                    open_for[deed.who].sign_in(readme.people()[deed.who], cast.PASSWORD)
                try:
                    open_for[deed.who].do(deed)
                    assert open_for[deed.who].troubles == []
                except Exception as trouble:
                    page = open_for[deed.who].page
                    print(f"{deed}\n{page.url}\n{page.locator('body').aria_snapshot()}")
                    raise AssertionError(f"README, step “{text}”: {deed}") from trouble
        for reader in open_for.values():
            assert reader.troubles == []
    finally:
        for reader in open_for.values():
            reader.context.close()


# --- from the letter to the running service ---------------------------------------------------------------------------

DESK, PHONE = {"width": 1380, "height": 900}, {"width": 390, "height": 844}
ADDRESSES = {
    "US": {"street": "Broadway", "building": "100", "city": "New York", "region": "NY", "zip": "10001",
           "phone": "2125550100", "tax_id": ""},
    "PL": {"street": "ul. Prosta", "building": "20", "city": "Warszawa", "region": "Mazowieckie", "zip": "00-850",
           "phone": "+48 22 555 01 00", "tax_id": "5260001246"},
    "KZ": {"street": "пр. Абая", "building": "10", "city": "Алматы", "region": "", "zip": "050012",
           "phone": "+7 727 555 01 00", "tax_id": "123456789012"},
}  # fmt: skip
SEATS = "quantities.seats"
MOST_CLICKS = 10


class Newcomer(Person):
    """A customer who was sent a letter; counts the own clicks. Typing and choosing are none."""

    clicks = 0

    def click(self, control: Locator) -> None:
        self.clicks += 1
        control.click()
        self.page.wait_for_load_state()
        width = "[document.scrollingElement.scrollWidth, window.innerWidth]"
        needed, there = self.page.evaluate(width)
        assert needed <= there, f"{self.page.url} is wider than the screen"

    def click_named(self, text: str, context: str = "", within: str = "main") -> None:
        name = self.said(text, context)
        place = self.page.locator(within)
        self.click(place.get_by_role("button", name=name).or_(place.get_by_role("link", name=name)).first)


def open_bare_account(north: Reseller, company: str, owner: str) -> Account:
    """Open an account of which nothing is known but its name and addresses."""
    return open_account(
        actor=cast.actor(cast.NORTH_ADMIN),
        reseller=north,
        account_type=AccountType.objects.get(key="business"),
        account_class=north.account_classes.get(is_default=True),
        owner_email=owner,
        values={"primary_name": company, "email": owner},
        now=timezone.now(),
    )


def letter_to(address: str) -> str:
    """Return the letter that came for the address, as a mail program shows it: its HTML."""
    deadline = time.monotonic() + MILLISECONDS / 1000
    while time.monotonic() < deadline:
        for file in Path(settings.EMAIL_FILE_PATH).glob("*.eml"):
            letter = message_from_bytes(file.read_bytes(), policy=default)
            if letter["To"] == address:
                return letter.get_body(("html",)).get_content()
        time.sleep(0.1)
    raise AssertionError(f"no letter for {address} in {settings.EMAIL_FILE_PATH}")


# The hardest address on the smallest screen; each country on each screen by `make prove`.
JOURNEYS = [(country, screen) for screen in (DESK, PHONE) for country in ADDRESSES]


@pytest.mark.prove
@pytest.mark.parametrize(
    ("country", "screen"),
    JOURNEYS if EVERYTHING else [("KZ", PHONE)],
    ids=lambda one: one if isinstance(one, str) else "desk" if one is DESK else "phone",
)
def test_from_the_letter_to_the_running_service_in_ten_clicks(
    stage: Stage, chromium: Browser, demo: Reseller, country: str, screen: dict[str, int]
):
    domain = f"bare-{country.lower()}-{screen['width']}-{int(time.time())}"
    owner = f"owner@{domain}.example"
    account = open_bare_account(demo, f"Bare {domain}", owner)
    with Newcomer(chromium, stage.web, "en") as customer:
        customer.page.set_viewport_size(screen)
        customer.page.set_content(letter_to(owner))
        customer.click(customer.page.get_by_role("link"))
        for control in customer.page.locator("main form input:visible").all():
            control.fill("eleven blue herons" if control.get_attribute("type") == "password" else "Ann Owner")
        customer.click_named("Accept the invitation")
        customer.click_named("Order a subscription")
        customer.click_named("Microsoft 365 Business Standard")
        customer.fill(**{SEATS: 5, "parameters.domain_prefix": domain})
        customer.click_named("Show what it costs")
        customer.troubles.clear()  # the browser says that something is missing, as the page does
        customer.click_named("Complete the account")
        fill_account(customer, country, owner)
        customer.click_named("Save")
        customer.click(customer.page.locator(FORM_BUTTONS).last)
        customer.click_named("Pay now (demo bank)")
        expect(customer.content).to_contain_text("Done: the service is ready.", timeout=3 * MILLISECONDS)
        customer.click_named("To the service")
        customer.sees_status(SubscriptionStatus.ACTIVE)
        expect(customer.content).to_contain_text(f"{domain}.onmicrosoft.com")
        assert customer.clicks <= MOST_CLICKS
    account.refresh_from_db()
    assert (account.country, account.zip) == (country, ADDRESSES[country]["zip"])


def fill_account(customer: Person, country: str, owner: str) -> None:
    """Fill in what the page asks of the account, and only that."""
    person = {"contact_first_name": "Ann", "contact_last_name": "Owner", "contact_email": owner}
    known = {"country": country, **ADDRESSES[country], **person, "contact_phone": ADDRESSES[country]["phone"]}
    asked = [control.get_attribute("name") for control in customer.page.locator("main form [name]").all()]
    customer.fill(**{name: known[name] for name in asked if known.get(name)})
