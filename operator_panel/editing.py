"""A form that is filled in and kept by one verb: shown, checked, refused at its field, kept, and where to go then."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.forms import Form, ModelChoiceField, ModelMultipleChoiceField, fields_for_model, model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from core.panel.addresses import CountryField, fit_address
from core.panel.confirming import Done
from core.panel.formats import plainly
from core.panel.page import Page
from core.versions import Author, edited


@dataclass(frozen=True)
class Evidence:
    """Something that happened, told in full: a line, and texts with a label each."""

    title: str
    texts: tuple[tuple[object, str], ...]


@dataclass(frozen=True, kw_only=True)
class Editing:
    """One form of a page: `form` builds it, `keep` carries it out with the answers and returns Done; raises Refused."""

    page: Page
    form: Callable[..., Form]
    keep: Callable[[dict[str, Any]], Done]
    back: str
    submit: object
    note: object = ""
    # A long form in parts: titles and the names of their inputs, every input once.
    groups: tuple[tuple[object, tuple[str, ...]], ...] = ()
    # What is edited: `form` then builds anew from this very object, which is read again under a lock (decision 24).
    row: Model | None = None
    # Who has changed what the form shows, where that is more than the row, whose own log says it otherwise.
    author: Author | None = None
    # What the person needs elsewhere meanwhile: labels and values, each with a button that copies it.
    copied: tuple[tuple[object, str], ...] = ()
    # What there is to judge by.
    evidence: tuple[Evidence, ...] = ()
    # Shown to who may look and not keep: no button, and no input takes an answer.
    read_only: bool = False


def editing(request: HttpRequest, edit: Editing) -> HttpResponse:
    """Answer a form: empty or as it is now (GET), kept or back with what is wrong at its field (POST)."""
    keep = partial(_kept, request, edit)
    came = edited(request, edit.form, keep, row=edit.row, author=edit.author)
    if came.url:
        return redirect(came.url)
    form = came.form
    for field in form.fields.values() if edit.read_only else ():
        field.disabled = True
    context = {"page": edit.page, "form": form, "submit": edit.submit, "cancel": edit.back, "note": edit.note}
    context["copied"] = edit.copied
    context["evidence"] = edit.evidence
    context["read_only"] = edit.read_only
    groups = [(title, [form[name] for name in names]) for title, names in edit.groups]
    return render(request, "operator_panel/editing.html", {**context, "groups": groups}, status=came.status)


def _kept(request: HttpRequest, edit: Editing, answers: dict[str, Any]) -> str:
    done = edit.keep(answers)
    messages.success(request, str(done.said))
    return done.url


def form_of(
    model: type,
    names: tuple[str, ...],
    *,
    row: Any = None,
    initial: dict[str, Any] | Callable[[], dict[str, Any]] | None = None,
    **fields: Any,
) -> Callable[..., Form]:
    """Return what builds a form with the columns of a model, named, labelled and bounded as the model says.

    `fields` replaces or adds inputs; the order is that of `names`, then of `fields`. `row` fills it in, and so does
    `initial`; both are read whenever a form is built.
    """

    def build(*args: Any) -> Form:
        more = initial() if callable(initial) else initial or {}
        values = {**(_values_of(row, names) if row is not None else {}), **more}
        inputs = {**fields_for_model(model, fields=[name for name in names if name not in fields]), **fields}
        if "country" in inputs:
            inputs["country"] = CountryField()
        form = Form(*args, initial=values)
        for name in [*names, *(name for name in fields if name not in names)]:
            form.fields[name] = inputs[name]
            if isinstance(inputs[name], ModelChoiceField) and not isinstance(inputs[name], ModelMultipleChoiceField):
                inputs[name].empty_label = "—"
        return fit_address(form)

    return build


def _values_of(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Return what the row keeps, amounts with the decimals of its currency: 0.000 of a column is 0.00 in dollars."""
    currency = getattr(row, "currency", "") or getattr(getattr(row, "reseller", None), "currency", "")
    values = model_to_dict(row, names)
    return {
        name: plainly(value, currency) if isinstance(value, Decimal) and currency else value
        for name, value in values.items()
    }
