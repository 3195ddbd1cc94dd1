"""A correction shows what was refused at its field, is kept by its verb, and says what is still wrong."""

from django import forms
from django.http import HttpResponse

from core.errors import Refused
from core.panel.confirming import Done
from core.panel.correcting import Correcting, correcting
from core.panel.page import Page
from tests.core.panel.test_confirming import request


class Answers(forms.Form):
    domain = forms.CharField()


REFUSED = (Refused("The domain is taken.", field="domain"), Refused("No postal code.", field="zip"))


def answer(posted: dict[str, str], kept: list[str], refusal: Refused | None = None) -> HttpResponse:
    def keep(answers: dict[str, str]) -> Done:
        if refusal:
            raise refusal
        kept.append(answers["domain"])
        return Done("Kept.", "/order/")

    edit = Correcting(
        page=Page("Correct"),
        form=Answers,
        answers={"domain": "acme"},
        refused=REFUSED,
        keep=keep,
        complete=lambda problems: "/account/" if any(one.field == "zip" for one in problems) else "",
        back="/order/",
        submit="Save and try again",
    )
    return correcting(request(**posted), edit)


def test_it_opens_with_the_answers_and_what_was_refused_of_them() -> None:
    page = answer({}, [])
    text = page.content.decode()
    assert page.status_code == 200
    assert all(part in text for part in ('value="acme"', "The domain is taken.", "No postal code.", 'href="/account/"'))


def test_it_is_kept() -> None:
    kept: list[str] = []
    page = answer({"domain": "acme2"}, kept)
    assert (page.status_code, page.url, kept) == (302, "/order/", ["acme2"])


def test_what_is_still_wrong_comes_back_at_its_field_and_the_old_refusal_is_gone() -> None:
    page = answer({"domain": "acme3"}, [], Refused("That one too.", field="domain"))
    text = page.content.decode()
    assert (page.status_code, "That one too." in text, "The domain is taken." in text) == (422, True, False)
    assert 'href="/account/"' not in text
