"""A form that corrects what was refused: it shows every "no" at its field at once, and is kept by one verb."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from core.errors import Refused
from core.panel.confirming import Done, put_refusal
from core.panel.page import Page


@dataclass(frozen=True, kw_only=True)
class Correcting:
    """One form: `form` builds it, filled in with `answers`; `refused` is what was said of these.

    `keep` carries the correction out and returns Done; raises Refused. `complete` returns where what a refusal names
    outside of the form is filled in ("" for nowhere).
    """

    page: Page
    form: Callable[..., Form]
    answers: dict[str, Any]
    refused: Sequence[Refused]
    keep: Callable[[dict[str, Any]], Done]
    complete: Callable[[Sequence[Refused]], str]
    back: str
    submit: object
    note: object = ""


def correcting(request: HttpRequest, edit: Correcting) -> HttpResponse:
    """Answer the form: as it was refused (GET), kept, or back with what is still wrong at its field (POST)."""
    form = edit.form(request.POST if request.method == "POST" else edit.answers)
    said: Sequence[Refused] = edit.refused
    if form.is_valid() and request.method == "POST":
        try:
            done = edit.keep(form.cleaned_data)
        except Refused as refusal:
            said = refusal.problems
        else:
            messages.success(request, str(done.said))
            return redirect(done.url)
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
