"""Account terms and account types."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AccountClass, AccountType
from tests.factories import accounts as cast
from tests.operator_panel.conftest import errors_of, signed_in

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


CLASS = {
    "name": "Credit", "key": "credit", "stop_type": "automatic", "delete_type": "automatic", "credit_limit": "100",
    "pay_with_negative_balance": "on", "subzero_period": "-1", "cancel_unpaid_order_in": "7",
    "payment_model": "postpay", "subscription_credit_limit": "40", "payment_expiration_days": "14",
}  # fmt: skip


def test_account_terms_are_created_and_changed(client: Client) -> None:
    assert client.post(page("account_class_create"), CLASS).status_code == 302
    made = AccountClass.objects.get()
    assert (made.credit_limit, made.cancel_unpaid_order_in, made.is_default) == (100, 7, True)
    assert (made.payment_model, made.subscription_credit_limit, made.payment_expiration_days) == ("postpay", 40, 14)
    client.post(page("account_class", made.pk), {**CLASS, "credit_limit": "250"})
    made.refresh_from_db()
    assert made.credit_limit == 250


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"credit_limit": "-1"}, "credit_limit"), ({"subzero_period": "-2"}, "subzero_period"), ({"key": "taken"}, "key")],
)
def test_account_terms_are_refused_at_the_field(client: Client, changed: dict[str, str], field: str) -> None:
    cast.account_class(key="taken")
    assert list(errors_of(client.post(page("account_class_create"), {**CLASS, **changed}))) == [field]


def test_account_type_is_created_and_an_inherited_one_is_read_only(client: Client) -> None:
    given = {"name": "Business", "key": "business", "name_pattern": "%primary_name"}
    client.post(page("account_type_create"), given)
    made = AccountType.objects.get()
    below = signed_in(cast.manager(reseller=cast.reseller()))
    answer = below.post(page("account_type", made.pk), {**given, "name": "Mine"})
    assert list(errors_of(answer)) == ["__all__"]
