"""What a person new to the platform enters."""

import pytest

from accounts.forms import AcceptanceForm

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
