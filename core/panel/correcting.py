"""A form that corrects what was refused: it shows every "no" at its field at once, and is kept by one verb."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.contrib import messages
from django.forms import Field, Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Refused
from core.panel.confirming import put_refusal
from core.panel.page import Page
from core.panel.remedies import with_ways


class Correction(Protocol):
    """What can be corrected: the answers that were given, each with its question, and what was refused of them."""

    @property
    def answers(self) -> Sequence[Any]:
        """The answers: `question.name` and `value` of each."""

    @property
    def problems(self) -> Sequence[Refused]:
        """What was refused, each at its field."""


@dataclass(frozen=True, kw_only=True)
class Correcting:
    """One form about what `find` finds; that raises Refused where nothing is to be corrected, which leads `back`.

    `form` returns what builds the form of the answers, whose fields have their questions' names behind `prefix`. `keep`
    is the verb, called with the answers by name; raises Refused. `said` is told once it is kept. `complete` returns
    where what a refusal names outside of the form is filled in ("" for nowhere). `submit` is what the button says.
    """

    page: Page
    find: Callable[[], Correction]
    form: Callable[[Sequence[Any]], Callable[..., Form]]
    keep: Callable[..., object]
    said: object
    complete: Callable[[Sequence[Refused]], str]
    back: str
    prefix: str = ""
    note: object = ""
    submit: object = gettext_lazy("Save and try again")


def correcting(request: HttpRequest, edit: Correcting) -> HttpResponse:
    """Answer the form: as it was refused (GET), kept, or back with what is still wrong at its field (POST)."""
    try:
        correction = edit.find()
    except Refused as refusal:
        messages.error(request, with_ways(request, refusal))
        return redirect(edit.back)
    given = {edit.prefix + answer.question.name: answer.value for answer in correction.answers}
    form = edit.form(correction.answers)(request.POST if request.method == "POST" else given)
    said: Sequence[Refused] = correction.problems
    if form.is_valid() and request.method == "POST":
        try:
            edit.keep(answers={name.removeprefix(edit.prefix): value for name, value in form.cleaned_data.items()})
        except Refused as refusal:
            said = refusal.problems
        else:
            messages.success(request, str(edit.said))
            return redirect(edit.back)
    if request.method != "POST" or not form.errors:
        for problem in said:
            put_refusal(form, problem)
    context = {
        "page": edit.page,
        "form": form,
        "submit": edit.submit,
        "cancel": edit.back,
        "note": edit.note,
        "complete_account": edit.complete(said),
    }
    return render(request, "components/correcting.html", context, status=422 if request.method == "POST" else 200)


def only_shown(field: Field) -> None:
    """Show the answer, which was used at the vendor already, without a way to change it."""
    field.disabled = True
    field.help_text = _("Used at the vendor already: it can no longer be changed.")
