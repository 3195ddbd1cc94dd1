"""One form, kept by one verb."""

from decimal import Decimal

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from accounts.models import AccountClass, Reseller
from core.errors import Refused
from core.panel.confirming import Done
from core.panel.page import Page
from operator_panel.editing import Editing, editing, form_of
from subscriptions.models import ServiceTerm
from tests.factories import accounts as cast

pytestmark = pytest.mark.django_db


def _request(data: dict[str, str] | None) -> HttpRequest:
    request = RequestFactory().get("/") if data is None else RequestFactory().post("/", data)
    request.session, request.user, request.actor, request.resolver_match = {}, cast.manager(), None, None
    request._messages = FallbackStorage(request)
    return request


def _answer(request: HttpRequest, refusal: Refused | None = None) -> HttpResponse:
    def keep(answers: dict[str, object]) -> Done:
        if refusal is not None:
            raise refusal
        return Done(f"Kept {answers['name']}", "/kept/")

    form = form_of(Reseller, ("name", "domain"))
    return editing(request, Editing(page=Page(title="A"), form=form, keep=keep, back="/back/", submit="Save"))


def test_form_is_shown_kept_and_left() -> None:
    assert _answer(_request(None)).status_code == 200
    request = _request({"name": "North"})
    answer = _answer(request)
    assert (answer.status_code, answer.url) == (302, "/kept/")
    assert [str(message) for message in get_messages(request)] == ["Kept North"]


@pytest.mark.parametrize(
    ("refusal", "shown"),
    [
        (Refused("Taken.", field="name"), '<div id="id_name_error" class="field-error"'),
        (Refused("Not today.", field="elsewhere"), '<div class="alert alert-danger" role="alert"><div>Not today.'),
        (Refused("Not today."), '<div class="alert alert-danger" role="alert"><div>Not today.'),
    ],
    ids=["at the field", "of another page", "of no field"],
)
def test_refusal_comes_back_with_what_was_typed(refusal: Refused, shown: str) -> None:
    answer = _answer(_request({"name": "North"}), refusal)
    said = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="North"' in said
    assert str(refusal) in said
    if refusal.field != "name":
        assert shown in said


def test_form_of_a_model_is_labelled_bounded_and_filled_in() -> None:
    row = cast.account_class(name="Prepay", credit_limit=5)
    extra = forms.CharField(label="Extra", required=False)
    form = form_of(AccountClass, ("name", "credit_limit"), row=row, initial={"extra": "x"}, extra=extra)()
    assert list(form.fields) == ["name", "credit_limit", "extra"]
    assert [form[name].value() for name in form.fields] == ["Prepay", 5, "x"]
    assert (form.fields["name"].label, form.fields["name"].max_length) == ("Name", 100)


@pytest.mark.parametrize(("currency", "shown"), [("USD", "7.50"), ("KWD", "7.500"), ("JPY", "8")])
def test_an_amount_has_its_currency_s_decimals_and_not_its_column_s(currency: str, shown: str) -> None:
    amount = Decimal("7.500") if currency != "JPY" else Decimal("8.000")
    found = cast.account_class(reseller=cast.reseller(currency=currency), credit_limit=amount)
    found.refresh_from_db()
    form = form_of(AccountClass, ("credit_limit",), row=found)()
    assert f'value="{shown}"' in str(form["credit_limit"])


def test_several_choices_are_ticked_among_what_there_is_and_not_among_a_dash() -> None:
    cast.account_type(name="Business")
    form = form_of(ServiceTerm, ("account_types",))()
    assert "—" not in str(form["account_types"])
