"""Accounts created, changed by groups, held and released, deleted, topped up."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account, AccountStatus
from billing.models import Payment
from tests.browsing import form_of
from tests.factories import accounts as cast
from tests.operator_panel.conftest import errors_of, text_of

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def _new_account(**changed: object) -> dict[str, object]:
    root = cast.operator()
    return {
        "primary_name": "Vega Logistics",
        "account_type": cast.account_type(reseller=root).pk,
        "account_class": cast.account_class(reseller=root).pk,
        "email": "office@vega.example",
        "contact_first_name": "Anna",
        "contact_last_name": "Kowalska",
        "owner_name": "Anna Kowalska",
        "owner_email": "anna@vega.example",
        **changed,
    }


def test_account_is_created_and_its_owner_invited(client: Client) -> None:
    answer = client.post(page("account_create"), _new_account())
    made = Account.objects.get(name="Vega Logistics")
    assert (answer.status_code, answer.url) == (302, page("account", made.pk))
    assert [(invited.name, invited.access_level) for invited in made.invitations.all()] == [("Anna Kowalska", "owner")]
    assert made.memberships.count() == 0
    assert f"{made.invitations.get().email}: invited, not accepted yet" in text_of(client.get(answer.url))


def test_account_without_any_name_is_refused_at_the_company_name(client: Client) -> None:
    given = _new_account(primary_name="", contact_first_name="", contact_last_name="")
    answer = client.post(page("account_create"), given)
    assert errors_of(answer) == {"primary_name": ["Fill in the company name or the contact person's name."]}
    assert 'value="anna@vega.example"' in answer.content.decode()


def test_the_same_new_account_sent_twice_is_one_account(client: Client) -> None:
    given = _new_account()
    asked = form_of(client.get(page("account_create")), holding="owner_email")
    first, second = (asked.send(client, **given) for _click in range(2))
    assert (first.status_code, second.status_code) == (302, 302), text_of(first)
    made = Account.objects.get(name="Vega Logistics")
    assert (first.url, second.url) == (page("account", made.pk), page("account", made.pk))
    assert made.invitations.count() == 1
    other = asked.send(client, **{**given, "primary_name": "Other"})
    assert list(errors_of(other)) == ["__all__"]
    assert not Account.objects.filter(name="Other").exists()


def test_account_of_a_lower_reseller_is_asked_for_first(client: Client) -> None:
    north = cast.reseller(name="North", currency="EUR")
    assert "Whose customer is it?" in text_of(client.get(page("account_create")))
    answer = client.post(page("account_create"), {"reseller": north.pk})
    assert answer.url == f"{page('account_create')}?reseller={north.pk}"
    assert "A customer of North, in EUR." in text_of(client.get(answer.url))


def test_groups_of_an_account_are_changed(client: Client, acme: Account) -> None:
    answer = client.post(page("account_change", acme.pk, "person"), {"contact_first_name": "Olga"})
    acme.refresh_from_db()
    assert (answer.url, acme.contact_first_name, acme.contact_last_name) == (page("account", acme.pk), "Olga", "")


def test_account_keeps_an_email(client: Client, acme: Account) -> None:
    answer = client.post(page("account_change", acme.pk, "contact"), {"email": "", "city": "Brest"})
    assert errors_of(answer) == {"email": ["This field is required."]}
    assert 'value="Brest"' in answer.content.decode()


def test_account_is_held_and_released(client: Client, acme: Account) -> None:
    assert "Put Acme on administrative hold?" in text_of(client.get(page("account_hold", acme.pk)))
    client.post(page("account_hold", acme.pk), {"confirmed": "yes"})
    acme.refresh_from_db()
    assert acme.status == AccountStatus.ADMINISTRATIVE_HOLD
    client.post(page("account_release", acme.pk), {"confirmed": "yes"})
    acme.refresh_from_db()
    assert acme.status == AccountStatus.ACTIVE


def test_account_with_money_is_not_deleted(client: Client, rich: Account) -> None:
    answer = client.post(page("account_delete", rich.pk), {"confirmed": "yes", "typed": rich.name})
    assert list(errors_of(answer)) == ["__all__"]
    rich.refresh_from_db()
    assert rich.status == AccountStatus.ACTIVE


def test_top_up_opens_a_payment(client: Client, acme: Account) -> None:
    given = {"amount": "150.00", "method": "bank_transfer", "comment": "by letter"}
    answer = client.post(page("account_top_up", acme.pk), given)
    opened = Payment.objects.get(account=acme)
    assert (answer.url, opened.amount, opened.comment) == (page("payment", opened.pk), Decimal(150), "by letter")


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("-1", "The amount must be more than zero."),
        ("0.001", "The amount may have at most 2 decimals in USD."),
    ],
)
def test_top_up_of_no_amount_is_refused_at_the_amount(
    client: Client, acme: Account, amount: str, sentence: str
) -> None:
    answer = client.post(page("account_top_up", acme.pk), {"amount": amount})
    assert errors_of(answer) == {"amount": [sentence]}


def test_account_without_subscriptions_and_money_is_deleted(client: Client, acme: Account) -> None:
    client.post(page("account_delete", acme.pk), {"confirmed": "yes", "typed": str(acme.pk)})
    acme.refresh_from_db()
    assert acme.status == AccountStatus.DELETED
    assert client.get(page("account", acme.pk)).context["page"].buttons == ()


def test_exactly_what_a_vendor_demands_is_asked_for_with_the_way_back(client: Client, acme: Account) -> None:
    orders = reverse("operator:orders")
    page = reverse("operator:account_change", args=[acme.pk, "needed"])
    asked = f"{page}?need=zip&need=tax_id&need=manager&next={orders}"
    assert list(client.get(asked).context["form"].fields) == ["zip", "tax_id"]
    assert client.post(asked, {"zip": "220030", "tax_id": "77"}).url == orders
    acme.refresh_from_db()
    assert (acme.zip, acme.tax_id) == ("220030", "77")
    elsewhere = f"{page}?need=zip&next=https://evil.example/"
    assert client.post(elsewhere, {"zip": "220031"}).url == reverse("operator:account", args=[acme.pk])
    assert client.get(page).status_code == 404
