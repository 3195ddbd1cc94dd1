"""What a person new to the platform enters."""

import pytest
from django import forms
from django.template import Context, Template

from accounts.forms import AcceptanceForm, name_company_or_person

SECRET = " correct horse battery "


def entered(**values: str) -> AcceptanceForm:
    return AcceptanceForm({"name": "Ann", "password": SECRET, "repeated": SECRET, **values})


def test_passwords_are_kept_with_their_spaces() -> None:
    form = entered(name=" Ann ")
    assert form.is_valid()
    assert (form.cleaned_data["name"], form.cleaned_data["password"]) == ("Ann", SECRET)


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"repeated": SECRET.strip()}, {"repeated": ["The two passwords differ. Type the same one twice."]}),
        ({"repeated": ""}, {"repeated": ["This field is required."]}),
        ({"password": ""}, {"password": ["This field is required."]}),
        ({"name": " "}, {"name": ["This field is required."]}),
    ],
)
def test_what_is_wrong_is_said_at_its_field(values: dict[str, str], errors: dict[str, list[str]]) -> None:
    assert entered(**values).errors == errors


def test_a_password_never_comes_back_in_the_page() -> None:
    page = str(entered(repeated="something else"))
    assert (SECRET.strip() in page, "something else" in page) == (False, False)
    assert page.count('autocomplete="new-password"') == 2


@pytest.mark.parametrize("required", [False, True])
def test_a_company_name_is_not_called_optional_where_a_contact_person_could_stand_in_for_it(required: bool) -> None:
    form = forms.Form()
    form.fields["primary_name"] = forms.CharField(label="Company name", required=required)
    name_company_or_person(form)
    said = Template("{% load panel %}{% field form.primary_name %}").render(Context({"form": form}))
    assert ("needed without a contact person" in said, "optional</span>" in said) == (not required, False)
