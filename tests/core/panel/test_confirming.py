"""Questions, confirmation, deed: the steps of an operation."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from core.errors import Refusals, Refused
from core.panel.confirming import Done, Operation, Shown, confirming, put_refusal
from core.panel.page import Page
from core.panel.quantities import Asked, QuantitiesForm
from core.panel.shown import mark_of


class Comment(forms.Form):
    comment = forms.CharField(max_length=20)


def request(**posted: str) -> HttpRequest:
    asked = RequestFactory().post("/stop/", posted) if posted else RequestFactory().get("/stop/")
    asked.user, asked.actor, asked.impersonator = AnonymousUser(), None, None
    asked._messages = CookieStorage(asked)
    return asked


class Deed:
    """An operation that counts how often it was carried out."""

    def __init__(self, form: Callable[..., forms.Form] = Comment, refusal: Refused | None = None) -> None:
        self.form, self.refusal, self.done = form, refusal, []

    def show(self, answers: dict[str, str]) -> Shown:
        if self.refusal:
            raise self.refusal
        return Shown(question="Stop it?", submit="Stop, release $3.00", currency="USD", total=Decimal(3))

    def carry_out(self, answers: dict[str, str]) -> object:
        if self.refusal:
            raise self.refusal
        self.done.append(answers)
        return Done("Stopped.", "/elsewhere/") if answers.get("comment") == "away" else "Stopped."

    def answer(self, asked: HttpRequest) -> HttpResponse:
        operation = Operation(
            page=Page("Stop"), form=self.form, show=self.show, carry_out=self.carry_out, back="/back/", ask="Next"
        )
        return confirming(asked, operation)


def test_first_come_the_questions() -> None:
    deed = Deed()
    answer = deed.answer(request())
    page = answer.content.decode()
    assert (answer.status_code, 'name="comment"' in page, 'name="confirmed"' in page) == (200, True, False)


def test_answers_lead_to_the_confirmation_and_nothing_is_done() -> None:
    deed = Deed()
    page = deed.answer(request(comment="why not")).content.decode()
    assert '<input type="hidden" name="comment" value="why not"' in page
    assert '<input type="hidden" name="confirmed" value="yes">' in page
    assert "Stop, release $3.00</button>" in page
    assert deed.done == []


def test_without_questions_the_confirmation_comes_first() -> None:
    page = Deed(form=forms.Form).answer(request()).content.decode()
    assert 'name="confirmed"' in page


@pytest.mark.django_db
def test_confirmed_it_is_done_and_said() -> None:
    deed = Deed()
    asked = request(comment="ok", confirmed="yes", shown=mark_of(deed.show({})))
    answer = deed.answer(asked)
    assert (answer.status_code, answer.url, deed.done) == (302, "/back/", [{"comment": "ok"}])
    assert [str(message) for message in get_messages(asked)] == ["Stopped."]


@pytest.mark.django_db
def test_a_deed_may_lead_elsewhere() -> None:
    deed = Deed()
    asked = request(comment="away", confirmed="yes", shown=mark_of(deed.show({})))
    assert deed.answer(asked).url == "/elsewhere/"


@pytest.mark.django_db
@pytest.mark.parametrize(("mark", "status", "said"), [("", 200, False), ("made-up", 409, True)])
def test_what_was_not_shown_is_shown_first(mark: str, status: int, said: bool) -> None:
    """Nothing is carried out that no page of ours has shown; a mark of something else says that it has changed."""
    deed = Deed()
    answer = deed.answer(request(comment="ok", confirmed="yes", shown=mark))
    page = answer.content.decode()
    assert (answer.status_code, "has changed since it was shown" in page) == (status, said)
    assert 'name="confirmed"' in page


@pytest.mark.parametrize("posted", [{"comment": "x" * 21}, {"comment": "x" * 21, "confirmed": "yes"}])
def test_wrong_answers_go_back_to_the_questions(posted: dict[str, str]) -> None:
    deed = Deed()
    answer = deed.answer(request(**posted))
    assert (answer.status_code, 'name="confirmed"' in answer.content.decode(), deed.done) == (422, False, [])


@pytest.mark.django_db
@pytest.mark.parametrize("posted", [{"comment": "ok"}, {"comment": "ok", "confirmed": "yes"}])
def test_a_refusal_comes_back_at_its_field(posted: dict[str, str]) -> None:
    answer = Deed(refusal=Refused("Say why.", field="comment")).answer(request(**posted))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert '<div class="field-error" id="id_comment_error"><div>Say why.</div></div>' in page


@pytest.mark.parametrize(
    ("field", "place"), [("seats", "quantities.seats"), ("quantities.seats", "quantities.seats"), ("x", "__all__")]
)
def test_a_refusal_finds_the_box_of_its_resource(field: str, place: str) -> None:
    build = partial(QuantitiesForm, resources=[Asked("seats", "Seats")])
    form = build({"quantities.seats": "3"})
    assert form.is_valid()
    put_refusal(form, Refused("Too few.", field=field))
    assert form.errors == {place: ["Too few."]}


def test_every_problem_of_a_refusal_stands_at_its_own_field() -> None:
    form = QuantitiesForm({"quantities.seats": "3"}, resources=[Asked("seats", "Seats")])
    form.fields["parameters.domain"] = forms.CharField(required=False)
    assert form.is_valid()
    refusals = Refusals()
    for field, said in (("seats", "Too few."), ("domain", "Taken."), ("city", "No city."), ("zip", "No code.")):
        refusals.add(Refused(said, field=field))
    with pytest.raises(Refused) as refusal:
        refusals.raise_any()
    put_refusal(form, refusal.value)
    assert form.errors == {
        "quantities.seats": ["Too few."],
        "parameters.domain": ["Taken."],
        "__all__": ["No city.", "No code."],
    }
