"""What our own script adds to pages that work without it: search in long groups of choices, cards on a phone."""

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, expect

from accounts.models import Role
from tests.browser.shown import DESK, PHONE, Showcase
from tests.factories import accounts as cast
from tests.operator_panel.conftest import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.browser]


def test_a_long_group_of_choices_is_searched_by_typing(chromium: Browser) -> None:
    operator = cast.operator()
    for number in range(20):
        cast.account_type(reseller=operator, name=f"Sort {number:02d}")
    address = reverse("operator:service_term_create")
    answer = signed_in(cast.manager(role=Role.ADMIN)).get(address)
    showcase = Showcase(chromium)
    try:
        showcase.show(address, answer)
        page = showcase.page
        group = page.locator("fieldset", has=page.locator("[data-narrow]"))
        group.get_by_label("Sort 03").check()
        search = group.get_by_role("searchbox")
        search.fill("sort 17")
        search.press("Enter")  # sends nothing
        expect(group.get_by_label("Sort 17")).to_be_visible()
        expect(group.get_by_label("Sort 03")).to_be_visible()  # chosen
        expect(group.get_by_label("Sort 04")).to_be_hidden()
        search.fill("")
        expect(group.get_by_label("Sort 04")).to_be_visible()
    finally:
        showcase.close()


def test_a_row_is_a_card_on_a_phone(chromium: Browser) -> None:
    account = cast.account()
    address = reverse("operator:accounts")
    answer = signed_in(cast.manager(role=Role.ADMIN)).get(address)
    showcase = Showcase(chromium)
    try:
        showcase.show(address, answer)
        cell = showcase.page.get_by_role("link", name=str(account)).first.locator("xpath=ancestor::td")
        before = "getComputedStyle(cell, '::before').content"
        assert cell.evaluate(f"cell => {before}") == "none"
        showcase.page.set_viewport_size(PHONE)
        assert cell.evaluate(f"cell => {before}") == '"Name"'
        assert cell.evaluate("cell => cell.getBoundingClientRect().right <= window.innerWidth")
        showcase.page.set_viewport_size(DESK)
    finally:
        showcase.close()
