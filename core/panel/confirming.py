"""Ask, show what it would do, do it: the way of every operation that moves money, in both panels."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from core.errors import Refused
from core.panel.page import Page

CONFIRMED = "confirmed"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the confirmation says: the charges as they would be made, what is to be paid, and what the button does."""

    question: object
    submit: object
    # None where no money moves: then nothing is said of charges at all.
    charges: Iterable[Any] | None = ()
    currency: str = ""
    total: Decimal | None = None
    balance_after: Decimal | None = None
    text: object = ""


@dataclass(frozen=True)
class Done:
    """What to tell the person afterwards, and where to go where that is not simply back."""

    said: object
    url: str


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation of a page. `form` builds the questions (an empty form where there are none).

    `show` says what it would do with the answers, `carry_out` does it and returns what to tell the person (or Done).
    Both raise Refused.
    """

    page: Page
    form: Callable[..., Form]
    show: Callable[[dict[str, Any]], Shown]
    carry_out: Callable[[dict[str, Any]], object]
    # Where the person goes afterwards, or by Cancel.
    back: str
    ask: object
    danger: bool = False
    note: object = ""


def confirming(request: HttpRequest, operation: Operation) -> HttpResponse:
    """Answer the steps of an operation: questions, confirmation, deed. A refusal comes back at the field it names."""
    asks = bool(operation.form().fields)
    if request.method != "POST" and asks:
        return _questions(request, operation, operation.form())
    form = operation.form(request.POST) if request.method == "POST" else operation.form({})
    if not form.is_valid():
        return _questions(request, operation, form)
    try:
        if request.method == "POST" and CONFIRMED in request.POST:
            done = operation.carry_out(form.cleaned_data)
            done = done if isinstance(done, Done) else Done(done, operation.back)
            messages.success(request, str(done.said))
            return redirect(done.url)
        shown = operation.show(form.cleaned_data)
    except Refused as refusal:
        put_refusal(form, refusal)
        return _questions(request, operation, form)
    return _confirmation(request, operation, form, shown)


def put_refusal(form: Form, refusal: Refused) -> None:
    """Put each sentence of a refusal at the field that it names, else above the form. Needs a validated form.

    A vendor names a resource by its key alone, and its own question by the question's name.
    """
    for problem in refusal.problems:
        names = (problem.field, f"quantities.{problem.field}", f"parameters.{problem.field}")
        form.add_error(next((name for name in names if name in form.fields), None), problem.sentence)


def _questions(request: HttpRequest, operation: Operation, form: Form) -> HttpResponse:
    context = {"page": operation.page, "form": form, "submit": operation.ask, "cancel": operation.back}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "components/questions.html", {**context, "note": operation.note}, status=status)


def _confirmation(request: HttpRequest, operation: Operation, form: Form, shown: Shown) -> HttpResponse:
    for field in form.fields.values():
        field.widget = field.hidden_widget()
    context = {
        "page": operation.page,
        "form": form,
        "cancel": operation.back,
        "danger": operation.danger,
        "question": shown.question,
        "text": shown.text,
        "submit": shown.submit,
        "charges": shown.charges,
        "currency": shown.currency,
        "total": shown.total,
        "balance_after": shown.balance_after,
    }
    return render(request, "components/confirm.html", context)
