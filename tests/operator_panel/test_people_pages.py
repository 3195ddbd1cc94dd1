"""Resellers, managers, account terms, the own profile."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import actor_of
from accounts.models import AccountClass, AccountType, Reseller, Role, User
from accounts.profile import actor_of_token
from tests.factories import accounts as cast
from tests.operator_panel.conftest import errors_of, signed_in, text_of

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def _reseller(**changed: object) -> dict[str, object]:
    return {
        "parent": cast.operator().pk,
        "name": "North",
        "currency": "eur",
        "email": "north@example.com",
        "default_language": "ru",
        "reseller_mpn_id": "1234567",
        "manager_name": "Nora",
        "manager_email": "nora@example.com",
        **changed,
    }


def test_reseller_is_created_with_its_first_administrator(client: Client) -> None:
    answer = client.post(page("reseller_create"), _reseller())
    made = Reseller.objects.get(name="North")
    assert answer.url == page("reseller", made.pk)
    assert (made.currency, made.attributes, made.default_language) == ("EUR", {"reseller_mpn_id": "1234567"}, "ru")
    assert [(one.email, one.role) for one in made.people.all()] == [("nora@example.com", Role.ADMIN)]


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"name": "Taken"}, "name"), ({"currency": "E1"}, "currency"), ({"email": "no"}, "email"),
     ({"manager_email": ""}, "manager_email")],
)  # fmt: skip
def test_reseller_is_refused_at_the_field(client: Client, changed: dict[str, str], field: str) -> None:
    cast.reseller(name="Taken")
    assert list(errors_of(client.post(page("reseller_create"), _reseller(**changed)))) == [field]


def test_reseller_is_changed_and_keeps_its_other_attributes(client: Client) -> None:
    north = cast.reseller(name="North", attributes={"key": "value"})
    given = {"name": "North Ltd", "email": "n@example.com", "default_language": "en", "status": "active"}
    client.post(page("reseller_change", north.pk), {**given, "reseller_mpn_id": "77"})
    north.refresh_from_db()
    assert (north.name, north.attributes) == ("North Ltd", {"key": "value", "reseller_mpn_id": "77"})


def test_own_reseller_is_not_deactivated(client: Client) -> None:
    root = cast.operator()
    given = {"name": root.name, "email": root.email, "default_language": "en", "status": "inactive"}
    answer = client.post(page("reseller_change", root.pk), given)
    assert list(errors_of(answer)) == ["status"]


def test_manager_of_a_reseller_uses_the_same_panel_for_the_own_part(client: Client) -> None:
    north = cast.reseller(name="North")
    own = signed_in(cast.manager(reseller=north))
    assert own.get(page("reseller", north.pk)).status_code == 200
    assert own.get(page("reseller", cast.operator().pk)).status_code == 404
    assert "Operator" not in text_of(own.get(page("reseller", north.pk))).replace("Operator panel", "")


def test_manager_is_created_and_invited(client: Client) -> None:
    given = {"reseller": cast.operator().pk, "name": "Ivan", "email": "ivan@example.com", "role": "sales"}
    answer = client.post(page("manager_create"), given)
    made = User.objects.get(email="ivan@example.com")
    assert (answer.url, made.role, made.invitations.count()) == (page("manager", made.pk), "sales", 1)
    assert list(errors_of(client.post(page("manager_create"), given))) == ["email"]


def test_manager_is_changed_and_nobody_locks_oneself_out(client: Client, administrator: User) -> None:
    other = cast.manager(role=Role.SALES)
    given = {"name": "Renamed", "email": other.email, "role": "marketing", "status": "inactive", "manager_key": ""}
    client.post(page("manager_change", other.pk), given)
    other.refresh_from_db()
    assert (other.name, other.role, other.status) == ("Renamed", "marketing", "inactive")
    own = {"name": administrator.name, "email": administrator.email, "role": "sales", "status": "active"}
    assert list(errors_of(client.post(page("manager_change", administrator.pk), own))) == ["role"]


def test_subordinates_are_chosen(client: Client) -> None:
    boss, sales = cast.manager(role=Role.SALES), cast.manager(role=Role.SALES, name="Subordinate")
    client.post(page("manager_supervision", boss.pk), {"subordinates": [sales.pk]})
    assert "Subordinate" in text_of(client.get(page("manager_subordinates", boss.pk)))
    assert boss.name in text_of(client.get(page("manager_supervisors", sales.pk)))
    assert actor_of(boss).account_manager_ids == {boss.pk, sales.pk}


def test_api_token_is_shown_once(client: Client, administrator: User) -> None:
    assert "stops working at once" in text_of(client.get(page("profile_token")))
    answer = client.post(page("profile_token"))
    token = answer.context["token"]
    assert f">{token}<" in answer.content.decode()
    assert actor_of_token(token).user == administrator
    assert token not in client.get(page("profile")).content.decode()
    assert answer.headers["Cache-Control"].count("no-store") == 1


def test_profile_is_changed(client: Client, administrator: User) -> None:
    client.post(page("profile_change"), {"name": "New Name", "phone": "+1"})
    client.post(page("profile_look"), {"language": "ru", "theme": "dark"})
    administrator.refresh_from_db()
    assert (administrator.name, administrator.phone, administrator.language, administrator.theme) == (
        "New Name",
        "+1",
        "ru",
        "dark",
    )
    assert 'data-theme="dark"' in client.get(page("profile")).content.decode()


def test_empty_name_is_refused_at_the_name(client: Client) -> None:
    assert list(errors_of(client.post(page("profile_change"), {"name": ""}))) == ["name"]


CLASS = {
    "name": "Credit", "key": "credit", "stop_type": "automatic", "delete_type": "automatic", "credit_limit": "100",
    "pay_with_negative_balance": "on", "subzero_period": "-1", "cancel_unpaid_order_in": "7",
}  # fmt: skip


def test_account_terms_are_created_and_changed(client: Client) -> None:
    assert client.post(page("account_class_create"), CLASS).status_code == 302
    made = AccountClass.objects.get()
    assert (made.credit_limit, made.cancel_unpaid_order_in, made.is_default) == (100, 7, True)
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


def test_home_says_what_needs_attention(client: Client, subscription: object) -> None:
    assert "Nothing: no failures" in text_of(client.get(page("home")))
    subscription.status = "installation_failed"
    subscription.save()
    assert "1 subscription failed at the vendor" in text_of(client.get(page("home")))
