"""Ask, show what it would do, do it: the way of every operation that moves money, in both panels.

A confirmation carries a mark of what it showed. The deed is done in a transaction, what came of it is compared with the
mark, and where it is something else it is rolled back and shown again (decision 23).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import CharField, Form, HiddenInput
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from core.errors import Refused
from core.panel.once import once
from core.panel.page import Page
from core.panel.shown import SHOWN, Shown, agrees, mark_of

CONFIRMED = "confirmed"
# Behind which of a form's inputs what a refusal names may stand: none, units, a vendor's own inputs.
PREFIXES = ("", "quantities.", "parameters.", "settings.", "options.", "reseller.")
TYPED = "typed"


@dataclass(frozen=True)
class Done:
    """What to tell the person afterwards, and where to go where that is not simply back.

    `shown` says what the deed did in the words of its confirmation; None where it is what the confirmation says anyway.
    """

    said: object
    url: str = ""
    shown: Shown | None = None


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation of a page. `form` builds the questions (an empty form where there are none).

    `show` says what it would do with the answers, `carry_out` does it and returns what to tell the person (or Done).
    `prepare` asks others (a vendor) whether it can be done, before anything is locked. All of them raise Refused.
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
    prepare: Callable[[dict[str, Any]], object] = lambda _answers: None
    # Where what a refusal names outside of the form (a field of the account) is filled in; "" for nowhere.
    complete: Callable[[Refused], str] = lambda _refusal: ""
    # What has to be typed before the button works: the name or the id of what is lost for good. Empty: nothing.
    typed: tuple[str, ...] = ()
    # What it is about, as facts above questions and confirmation: label, value, address.
    facts: Sequence[tuple[object, object, str]] = ()
    # What of the answers is read again above the confirmation, of the valid form.
    told: Callable[[Form], Sequence[tuple[object, object, str]]] = lambda _form: ()


class ShownAnew(Exception):
    """The deed would be another than the one that was shown; nothing of it is kept."""

    def __init__(self, shown: Shown) -> None:
        super().__init__()
        self.shown = shown


def confirming(request: HttpRequest, operation: Operation) -> HttpResponse:
    """Answer the steps of an operation: questions, confirmation, deed. A refusal comes back at the field it names."""
    asks = bool(operation.form().fields)
    if request.method != "POST" and asks:
        return _questions(request, operation, operation.form())
    form = operation.form(request.POST) if request.method == "POST" else operation.form({})
    if not form.is_valid():
        return _questions(request, operation, form)
    mistyped = False
    try:
        operation.prepare(form.cleaned_data)
        if request.method == "POST" and CONFIRMED in request.POST:
            if _is_typed(request, operation):
                return redirect(_settled(request, operation, form))
            mistyped = True
        shown = operation.show(form.cleaned_data)
    except ShownAnew as anew:
        return _confirmation(request, operation, form, anew.shown, changed=True)
    except Refused as refusal:
        put_refusal(form, refusal)
        return _questions(request, operation, form, complete=operation.complete(refusal))
    return _confirmation(request, operation, form, shown, mistyped=mistyped)


def _is_typed(request: HttpRequest, operation: Operation) -> bool:
    """Return whether the person typed the name or id; spaces around it and large letters are no other name."""
    given = " ".join(request.POST.get(TYPED, "").split()).casefold()
    return not operation.typed or given in {" ".join(text.split()).casefold() for text in operation.typed}


def put_refusal(form: Form, refusal: Refused) -> None:
    """Put each sentence of a refusal at the field that it names, else above the form. Needs a validated form.

    A vendor names a resource by its key alone, and its own inputs (vendors/forms.py) by their names. The form
    remembers the refusals: where they are put right stands with them (components/form_errors.html).
    """
    form.refusals = [*getattr(form, "refusals", ()), refusal]  # type: ignore[attr-defined]  # read by the tag `ways`
    for problem in refusal.problems:
        names = [f"{prefix}{problem.field}" for prefix in PREFIXES]
        form.add_error(next((name for name in names if name in form.fields), None), problem.sentence)


def _settled(request: HttpRequest, operation: Operation, form: Form) -> str:
    return settled(
        request,
        lambda: operation.carry_out(form.cleaned_data),
        show=lambda: operation.show(form.cleaned_data),
        back=operation.back,
        note=operation.note,
    )


def settled(
    request: HttpRequest,
    carry_out: Callable[[], object],
    *,
    show: Callable[[], Shown],
    back: str,
    note: object = "",
) -> str:
    """Carry a confirmed deed out, once, and return where it leads; the person is told what came of it.

    Raises ShownAnew where nothing was shown yet, or something else than what the deed does: then it is rolled back.
    """

    def deed() -> str:
        seen = request.POST.get(SHOWN, "")
        shown = show() if not seen else None
        if shown is not None and shown.charges is not None:
            raise ShownAnew(shown)  # no money moves by a form that was not shown first
        said = carry_out()
        done = said if isinstance(said, Done) else Done(said)
        shown = done.shown or show()
        if seen and not agrees(seen, shown, note):
            raise ShownAnew(shown)
        if done.said:
            messages.success(request, str(done.said))
        return done.url or back

    return once(request, deed)


def confirmation(request: HttpRequest, shown: Shown, *, note: object = "", changed: bool = False) -> dict[str, Any]:
    """Return what components/confirm.html shows of a confirmation; its mark is a hidden input of `form`.

    `changed`: it was shown before and has become another.
    """
    return {
        "note": note,
        "question": shown.question,
        "text": shown.text,
        "submit": shown.submit,
        "charges": None if shown.charges is None else list(shown.charges),
        "balance_after": shown.balance_after,
        "shown": shown,
        "changed": changed and bool(request.POST.get(SHOWN)),
    }


def carry_mark(form: Form, shown: Shown, note: object = "") -> Form:
    """Return the form with all its inputs hidden, and the mark of what is shown as one of them."""
    for field in form.fields.values():
        field.widget = field.hidden_widget()
    form.fields[SHOWN] = CharField(required=False, widget=HiddenInput, initial=mark_of(shown, note))
    if form.is_bound:
        data = QueryDict(mutable=True)
        data.update(form.data)
        data[form.add_prefix(SHOWN)] = mark_of(shown, note)
        form.data = data
    return form


def _questions(request: HttpRequest, operation: Operation, form: Form, *, complete: str = "") -> HttpResponse:
    context = {"page": operation.page, "form": form, "submit": operation.ask, "cancel": operation.back}
    context |= {"complete_account": complete, "note": operation.note, "facts_of": operation.facts}
    status = 422 if form.is_bound and form.errors else 200
    return render(
        request,
        "components/questions.html",
        {**context, "note": operation.note, "facts_of": operation.facts},
        status=status,
    )


def _confirmation(
    request: HttpRequest,
    operation: Operation,
    form: Form,
    shown: Shown,
    *,
    changed: bool = False,
    mistyped: bool = False,
) -> HttpResponse:
    # A notice is read once: with the questions, where there are any.
    note = "" if operation.form().fields else operation.note
    said = confirmation(request, shown, note=note, changed=changed)
    facts = (*operation.facts, *operation.told(form))
    context = {
        "page": operation.page,
        "form": carry_mark(form, shown, operation.note),
        "cancel": operation.back,
        "danger": operation.danger,
        "facts_of": facts,
        "typed": operation.typed,
        "mistyped": mistyped,
        **said,
    }
    status = 422 if mistyped else 409 if said["changed"] else 200
    return render(request, "components/confirm.html", context, status=status)
