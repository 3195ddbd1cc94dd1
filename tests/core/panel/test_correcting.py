"""A correction shows what was refused at its field, is kept by its verb, and says what is still wrong."""

from types import SimpleNamespace

from django import forms
from django.http import HttpResponse

from core.errors import Refused
from core.panel.correcting import Correcting, correcting, only_shown
from core.panel.page import Page
from tests.core.panel.test_confirming import request


class Answers(forms.Form):
    sent_domain = forms.CharField()


REFUSED = (Refused("The domain is taken.", field="sent_domain"), Refused("No postal code.", field="zip"))


GIVEN = SimpleNamespace(
    answers=[SimpleNamespace(question=SimpleNamespace(name="domain"), value="acme")], problems=REFUSED
)


def answer(
    posted: dict[str, str], kept: list[str], refusal: Refused | None = None, nothing: Refused | None = None
) -> HttpResponse:
    def find() -> SimpleNamespace:
        if nothing:
            raise nothing
        return GIVEN

    def keep(answers: dict[str, str]) -> None:
        if refusal:
            raise refusal
        kept.append(answers["domain"])

    edit = Correcting(
        page=Page("Correct"),
        find=find,
        form=lambda _answers: Answers,
        prefix="sent_",
        keep=keep,
        said="Kept.",
        complete=lambda problems: "/account/" if any(one.field == "zip" for one in problems) else "",
        back="/order/",
    )
    return correcting(request(**posted), edit)


def test_it_opens_with_the_answers_and_what_was_refused_of_them() -> None:
    page = answer({}, [])
    text = page.content.decode()
    assert page.status_code == 200
    assert all(part in text for part in ('value="acme"', "The domain is taken.", "No postal code.", 'href="/account/"'))


def test_it_is_kept() -> None:
    kept: list[str] = []
    page = answer({"sent_domain": "acme2"}, kept)
    assert (page.status_code, page.url, kept) == (302, "/order/", ["acme2"])


def test_what_is_still_wrong_comes_back_at_its_field_and_the_old_refusal_is_gone() -> None:
    page = answer({"sent_domain": "acme3"}, [], Refused("That one too.", field="sent_domain"))
    text = page.content.decode()
    assert (page.status_code, "That one too." in text, "The domain is taken." in text) == (422, True, False)
    assert 'href="/account/"' not in text


def test_where_nothing_is_to_be_corrected_it_says_so_and_goes_back() -> None:
    page = answer({}, [], nothing=Refused("The order is carried out."))
    assert (page.status_code, page.url) == (302, "/order/")


def test_what_was_used_already_is_only_shown() -> None:
    field = forms.CharField()
    only_shown(field)
    assert field.disabled
    assert "no longer" in str(field.help_text)
