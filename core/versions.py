"""Two people who edit one object: whoever saves second is told what the first has changed (decision 24).

A form carries its version: what stood in each of its fields when it was drawn. It is compared with what stands there
now under a lock of the row; where somebody else changed a field and the person would set it otherwise, nothing is saved
and the form comes back with both values.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, QueryDict
from django.utils.translation import gettext as _

from core.errors import Refused
from core.history import history_of
from core.panel.confirming import put_refusal
from core.panel.formats import NOTHING, moment_text
from core.panel.once import once

# The name of the hidden input.
VERSION = "version"
_SALT = "core.versions"
LONGEST_VALUE = 200

Build = Callable[..., forms.Form]
# Who has changed what a form shows, and when; None where nobody is known.
Author = Callable[[], tuple[str, datetime] | None]


@dataclass(frozen=True, kw_only=True)
class Edited:
    """What came of a form: the address to go to, or the form as it is to be shown, with the status of the answer."""

    form: forms.Form
    url: str = ""
    status: int = 200


class _NotKept(Exception):
    """Nothing is saved; the form says why."""

    def __init__(self, form: forms.Form, status: int) -> None:
        super().__init__()
        self.form, self.status = form, status


def edited(
    request: HttpRequest,
    build: Build,
    keep: Callable[[dict[str, Any]], str],
    *,
    row: models.Model | None = None,
    author: Author | None = None,
) -> Edited:
    """Show a form (GET), or have its answers kept by `keep`, which returns where it leads (POST), once.

    `build` builds the form, filled in with what `row` holds at that moment; without a row it makes a new one. What was
    typed comes back with what is wrong, a Refused at its field, or with what somebody else has changed meanwhile.
    `author` says who that was where the form shows more than the row, whose own log says it otherwise.
    """
    if request.method != "POST":
        return Edited(form=with_version(build(), row))

    author = author or (lambda: _author_of(row))
    try:
        return Edited(form=forms.Form(), url=once(request, lambda: _kept(request, build, keep, row, author)))
    except _NotKept as no:
        form, status = no.form, no.status
    except Refused as refusal:
        form, status = build(request.POST), 422
        form.is_valid()
        put_refusal(form, refusal)
    if status == 409:
        return Edited(form=with_version(form, row), status=status)
    form.version = request.POST.get(VERSION, "")  # type: ignore[attr-defined]  # still what the person has seen
    return Edited(form=form, status=status)


def _kept(
    request: HttpRequest, build: Build, keep: Callable[[dict[str, Any]], str], row: models.Model | None, author: Author
) -> str:
    """Have the answers kept, under a lock of the row; return where it leads. Raises _NotKept."""
    if row is not None:
        _lock(row)
    form = build(request.POST)
    if not form.is_valid():
        raise _NotKept(form, 422)
    overtaken = _overtaken(request, build, form, row, author)
    if overtaken is not None:
        raise _NotKept(overtaken, 409)
    try:
        return keep(form.cleaned_data)
    except Refused as refusal:
        put_refusal(form, refusal)
        raise _NotKept(form, 422) from None


def with_version(form: forms.Form, row: models.Model | None) -> forms.Form:
    """Return the form with the `version` that its page carries along: none for a row that is not there yet."""
    version = signing.dumps(_now(form), salt=_SALT, compress=True) if row is not None else ""
    form.version = version  # type: ignore[attr-defined]  # read by the templates of forms
    return form


def _lock(row: models.Model) -> None:
    """Keep others from changing the row until the transaction ends, and read it again."""
    rows = row._meta.model._base_manager.select_for_update(no_key=True, of=("self",))
    if rows.only("pk").filter(pk=row.pk).first() is None:
        raise Http404  # somebody has deleted it since this request has found it
    row.refresh_from_db()


def _overtaken(
    request: HttpRequest, build: Build, form: forms.Form, row: models.Model | None, author: Author
) -> forms.Form | None:
    """Return the form with both values where the person would undo what somebody else has changed; else None."""
    drawn = _drawn(request.POST.get(VERSION, ""))
    if row is None or drawn is None:
        return None
    now, typed = _now(form), _typed(form)
    changed = [name for name in now if drawn.get(name) != now[name]]
    if all(typed[name] == now[name] for name in changed):
        return None
    data = request.POST.copy()
    for name in changed:
        if typed[name] == drawn.get(name):
            _fill_in(data, form, name)
    anew = build(data)
    anew.is_valid()
    anew.add_error(None, _by_whom(author()))
    for name in changed:
        if typed[name] != now[name]:
            anew.add_error(name, _both(form.fields[name], drawn.get(name), now[name], typed[name]))
    return anew


def _drawn(mark: str) -> dict[str, str] | None:
    if not mark:
        return None  # no page of ours sends a form of something that is there without its version
    try:
        return dict(signing.loads(mark, salt=_SALT))
    except (signing.BadSignature, TypeError, ValueError):
        return {}


def _compared(form: forms.Form) -> dict[str, forms.Field]:
    """Return the fields that show what the row holds: not those that cannot be changed, nor secrets.

    A field with the attribute `of_the_row` False asks for something that is not in the row.
    """
    return {
        name: field
        for name, field in form.fields.items()
        if not field.disabled
        and not field.widget.is_hidden
        and not isinstance(field.widget, forms.PasswordInput)
        and getattr(field, "of_the_row", True)
    }


def _now(form: forms.Form) -> dict[str, str]:
    return {name: _text(field, form.get_initial_for_field(field, name)) for name, field in _compared(form).items()}


def _typed(form: forms.Form) -> dict[str, str]:
    return {name: _text(field, _raw(form, field, name)) for name, field in _compared(form).items()}


def _raw(form: forms.Form, field: forms.Field, name: str) -> Any:
    return field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))


def _text(field: forms.Field, value: Any) -> str:
    """Return a field's value as one text, the same however it is written: 3 and 3.00, a row and its number."""
    value = field.prepare_value(value)
    if value is None and isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
        value = []
    if isinstance(value, list | tuple | set | models.QuerySet):
        return json.dumps(sorted(str(getattr(one, "pk", one)) for one in value))
    if isinstance(field, forms.ChoiceField):  # those of rows among them: asked of no table here
        return "" if value is None else str(value)
    # What is there may be what the form would not take any more: then it counts as it is written.
    with suppress(ValidationError):
        value = field.clean(value)
    if isinstance(field, forms.DecimalField) and value is not None and hasattr(value, "normalize"):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)


def _fill_in(data: QueryDict, form: forms.Form, name: str) -> None:
    """Put what stands in the row now where the person has left the field as it was."""
    value = form.fields[name].prepare_value(form.get_initial_for_field(form.fields[name], name))
    key = form.add_prefix(name)
    if isinstance(value, list | tuple | set | models.QuerySet):
        data.setlist(key, [str(getattr(one, "pk", one)) for one in value])
    elif value is None or value is False:
        data.pop(key, None)
    else:
        data[key] = str(value)


def _author_of(row: models.Model | None) -> tuple[str, datetime] | None:
    """Return who wrote the newest entry of the row's log, and when."""
    if row is None:
        return None
    try:
        latest = next(iter(history_of(row, limit=1)), None)
    except ValueError:
        latest = None
    return None if latest is None else (latest.who, latest.at)


def _by_whom(author: tuple[str, datetime] | None) -> str:
    if author is None:
        return _("Not saved yet: somebody has changed this since you opened it. Look at the marked fields, save again.")
    who, at = author
    return _(
        "Not saved yet: %(who)s has changed this since you opened it (%(moment)s). Look at the marked fields, save "
        "again."
    ) % {"who": who, "moment": moment_text(at)}


def _both(field: forms.Field, drawn: str | None, now: str, typed: str) -> str:
    if drawn is not None and typed == drawn:
        said = _("It was “%(before)s” and is “%(now)s” now; you have not touched it, so that is kept.")
    else:
        said = _("It is “%(now)s” now; you typed “%(typed)s”. Save again to have yours.")
    return said % {"before": _words(field, drawn or ""), "now": _words(field, now), "typed": _words(field, typed)}


def _words(field: forms.Field, text: str) -> str:
    """Return a value as the form's reader knows it."""
    if isinstance(field, forms.BooleanField):
        return _("yes") if text == "True" else _("no")
    if isinstance(field, forms.ChoiceField):
        labels = {str(getattr(value, "value", value)): str(label) for value, label in _flat(field.choices)}
        values = json.loads(text) if text.startswith("[") else [text]
        text = ", ".join(labels.get(value, value) for value in values)
    text = text or NOTHING
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    """Return choices without their groups; the empty one has no name."""
    flat: list[tuple[Any, Any]] = []
    for value, label in choices:
        flat += label if isinstance(label, list | tuple) else [(value, label)] if value not in ("", None) else []
    return flat
