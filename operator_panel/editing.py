"""A form that is filled in and kept by one verb: shown, checked, refused at its field, kept, and where to go then."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form, ModelChoiceField, fields_for_model, model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from core.errors import Refused
from core.panel.confirming import Done, put_refusal
from core.panel.once import once
from core.panel.page import Page


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


def editing(request: HttpRequest, edit: Editing) -> HttpResponse:
    """Answer a form: empty or as it is now (GET), kept or back with what is wrong at its field (POST)."""
    form = edit.form(request.POST) if request.method == "POST" else edit.form()
    if form.is_bound and form.is_valid():
        try:
            return redirect(once(request, lambda: _kept(request, edit, form)))
        except Refused as refusal:
            put_refusal(form, refusal)
    context = {"page": edit.page, "form": form, "submit": edit.submit, "cancel": edit.back, "note": edit.note}
    groups = [(title, [form[name] for name in names]) for title, names in edit.groups]
    status = 422 if form.is_bound else 200
    return render(request, "operator_panel/editing.html", {**context, "groups": groups}, status=status)


def _kept(request: HttpRequest, edit: Editing, form: Form) -> str:
    done = edit.keep(form.cleaned_data)
    messages.success(request, str(done.said))
    return done.url


def form_of(
    model: type, names: tuple[str, ...], *, row: Any = None, initial: dict[str, Any] | None = None, **fields: Any
) -> Callable[..., Form]:
    """Return what builds a form with the columns of a model, named, labelled and bounded as the model says.

    `fields` replaces or adds inputs; the order is that of `names`, then of `fields`. `row` fills it in.
    """
    values = {**(model_to_dict(row, names) if row is not None else {}), **(initial or {})}

    def build(*args: Any) -> Form:
        inputs = {**fields_for_model(model, fields=[name for name in names if name not in fields]), **fields}
        form = Form(*args, initial=values)
        for name in [*names, *(name for name in fields if name not in names)]:
            form.fields[name] = inputs[name]
            if isinstance(inputs[name], ModelChoiceField):
                inputs[name].empty_label = "—"
        return form

    return build
