"""Discounts are created, changed, switched off and refused at their fields; their code is asked for with an order."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from subscriptions.models import Discount, Plan
from tests.factories import discounts as grant
from tests.operator_panel.conftest import errors_of, text_of

pytestmark = pytest.mark.django_db
TYPED = {
    "type": "promo_code", "name": "Summer", "percent": "10", "valid_from": "2018-08-01", "valid_until": "2018-08-31",
    "code": "summer", "on_recurring": "on", "active": "on", "all_plans": "on",
}  # fmt: skip


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def test_one_is_created_shown_changed_and_switched_off(client: Client, acme: Account) -> None:
    answer = client.post(page("discount_create"), TYPED)
    made = Discount.objects.get()
    assert (answer.url, made.code, f"{made.valid_until}") == (page("discount", made.pk), "SUMMER", "2018-09-01")
    shown = text_of(client.get(page("discount", made.pk)))
    assert "31 Aug 2018" in shown
    assert "SUMMER" in shown
    assert 'value="2018-08-31"' in client.get(page("discount_change", made.pk)).content.decode()
    changed = {name: value for name, value in TYPED.items() if name not in ("type", "active")}
    client.post(page("discount_change", made.pk), {**changed, "percent": "15", "valid_until": ""})
    made.refresh_from_db()
    assert (made.percent, made.active, made.valid_until) == (15, False, None)
    assert "Summer" in text_of(client.get(page("discount_log", made.pk)))


def test_accounts_are_named_by_their_numbers(client: Client, acme: Account) -> None:
    of_accounts = {**TYPED, "type": "account", "code": ""}
    assert list(errors_of(client.post(page("discount_create"), {**of_accounts, "accounts": "999999"}))) == ["accounts"]
    client.post(page("discount_create"), {**of_accounts, "accounts": f"{acme.pk},"})
    assert list(Discount.objects.get().accounts.all()) == [acme]


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"percent": "0"}, "percent"), ({"valid_until": "2018-07-31"}, "valid_until"), ({"code": "two words"}, "code")],
)
def test_what_cannot_be_is_refused_at_its_field(client: Client, changed: dict[str, str], field: str) -> None:
    assert list(errors_of(client.post(page("discount_create"), {**TYPED, **changed}))) == [field]


def test_a_promo_code_is_asked_for_with_an_order_and_shown_before_it(client: Client, acme: Account, plan: Plan) -> None:
    grant.promo_code("SUMMER", "10", name="Summer")
    address = page("account_order_plan", acme.pk, plan.pk)
    wish = {"period": plan.periods.get().pk, "quantities.seats": "5", "key": "one", "name": ""}
    wrong = client.post(address, {**wish, "promo_code": "WINTER"})
    assert list(errors_of(wrong)) == ["promo_code"]
    assert "The discount “Summer” takes off" in text_of(client.post(address, {**wish, "promo_code": "summer"}))
