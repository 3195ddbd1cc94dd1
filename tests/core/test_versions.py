"""A form of something that is there: saved over nobody's change, and told with both values."""

from typing import Any

import pytest
from django import forms
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import Http404, HttpRequest
from django.test import RequestFactory

from accounts.models import User
from core.errors import Refused
from core.panel.once import KEY, new_key
from core.versions import VERSION, Edited, edited
from tests.factories import accounts as cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return cast.manager(name="Ann", phone="1", language="en")


def build_of(person: User) -> Any:
    def build(*args: Any) -> forms.Form:
        now = {name: getattr(person, name) for name in ("name", "phone", "language")}
        form = forms.Form(*args, initial=now)
        form.fields["name"] = forms.CharField()
        form.fields["phone"] = forms.CharField(required=False)
        form.fields["language"] = forms.ChoiceField(choices=[("en", "English"), ("ru", "Russian"), ("", "None")])
        return form

    return build


def request(person: User, **answers: Any) -> HttpRequest:
    asked = RequestFactory().post("/", {KEY: new_key(), **answers}) if answers else RequestFactory().get("/")
    asked.user, asked._messages = person, CookieStorage(asked)
    return asked


def drawn(person: User) -> dict[str, Any]:
    form = edited(request(person), build_of(person), lambda _answers: "", row=person).form
    return {VERSION: form.version, **{name: form[name].value() for name in form.fields}}


def save(person: User, sheet: dict[str, Any], **answers: Any) -> Edited:
    own = User.objects.get(pk=person.pk)  # as another request has read it

    def keep(values: dict[str, Any]) -> str:
        User.objects.filter(pk=own.pk).update(**values)
        return "/kept/"

    return edited(request(person, **{**sheet, **answers}), build_of(own), keep, row=own)


def test_the_second_is_told_both_values_and_saves_again_deliberately(person: User) -> None:
    one, two = drawn(person), drawn(person)
    assert save(person, one, name="Anne").url == "/kept/"
    told = save(person, two, name="Anna")
    assert (told.url, told.status) == ("", 409)
    assert told.form.errors["name"] == ["It is “Anne” now; you typed “Anna”. Save again to have yours."]
    assert "changed this since you opened it" in told.form.non_field_errors()[0]
    person.refresh_from_db()
    assert person.name == "Anne"
    again = {VERSION: told.form.version, **{name: told.form[name].value() for name in told.form.fields}}
    assert again["name"] == "Anna"
    assert save(person, again).url == "/kept/"
    person.refresh_from_db()
    assert person.name == "Anna"


def test_what_was_not_touched_is_not_set_back(person: User) -> None:
    one, two = drawn(person), drawn(person)
    save(person, one, language="ru", phone="2")
    told = save(person, two, name="Anna")
    assert told.form.errors["language"] == [
        "It was “English” and is “Russian” now; you have not touched it, so that is kept."
    ]
    assert [told.form[name].value() for name in ("name", "phone", "language")] == ["Anna", "2", "ru"]


def test_both_have_done_the_same_there_is_nothing_to_tell(person: User) -> None:
    one, two = drawn(person), drawn(person)
    save(person, one, name="Anne")
    assert save(person, two, name="Anne", phone="3").url == "/kept/"


def test_a_made_up_version_is_told_everything_that_differs(person: User) -> None:
    sheet = {**drawn(person), VERSION: "made up"}
    assert save(person, sheet).url == "/kept/"
    assert save(person, sheet, name="Anne").form.errors["name"] == [
        "It is “Ann” now; you typed “Anne”. Save again to have yours."
    ]


def test_what_is_wrong_comes_back_with_the_version_that_was_seen(person: User) -> None:
    one, two = drawn(person), drawn(person)
    wrong = save(person, two, name="")
    assert (wrong.status, wrong.form.version, list(wrong.form.errors)) == (422, two[VERSION], ["name"])
    save(person, one, name="Anne")
    assert save(person, {**two, VERSION: wrong.form.version}, name="Anna").status == 409


def test_a_refusal_comes_back_at_its_field_and_the_form_may_be_sent_again(person: User) -> None:
    sheet = request(person, **drawn(person))

    def refuse(_answers: dict[str, Any]) -> str:
        raise Refused("No such name.", field="name")

    assert edited(sheet, build_of(person), refuse, row=person).form.errors == {"name": ["No such name."]}
    assert edited(sheet, build_of(person), lambda _answers: "/kept/", row=person).url == "/kept/"


def test_what_somebody_has_deleted_meanwhile_is_not_here(person: User) -> None:
    """An error page before."""
    sheet = drawn(person)
    own = User.objects.get(pk=person.pk)
    with pytest.raises(Http404):
        edited(
            request(person, **{**sheet, "name": "Anne"}),
            build_of(own),
            lambda _answers: "/kept/",
            row=User(pk=own.pk + 1000, name="gone"),
        )
