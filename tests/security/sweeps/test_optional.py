"""A label says "optional" where the answer may be left out, and only there: tried on every form of both panels."""

import pytest
from django.forms import CheckboxInput, CheckboxSelectMultiple, Field

from tests.browsing import form_of
from tests.security.forms import Opened, filled, undone

pytestmark = pytest.mark.django_db


def called_optional(field: Field) -> bool:
    """Return whether the page says so: where it says when a field is needed, or nothing at all, it does not.

    Boxes to tick, alone or several, are drawn without the word (templates/components/field.html).
    """
    says_when = getattr(field, "depends_on_country", False) or getattr(field, "needed_when", "")
    says_nothing = field.widget.is_hidden or isinstance(field.widget, CheckboxInput | CheckboxSelectMultiple)
    return not (field.required or says_nothing or says_when)


def test_what_is_called_optional_may_be_left_out(opened: Opened) -> None:
    """All that is called so is left out at once; none of it may be asked for afterwards."""
    wrong, tried = set(), 0
    for route, person, answer in opened:
        form = answer.context.get("form")
        if form is None or not getattr(form, "fields", None) or answer.context.get("read_only"):
            continue
        optional = {name for name, field in form.fields.items() if called_optional(field)}
        if not optional or route.name.endswith("demo_bank"):
            continue
        with undone():
            try:
                sent = form_of(answer, holding=next(iter(form.fields)))
            except LookupError:
                continue
            values = {name: one if isinstance(one, list) else [one] for name, one in filled(form).items()}
            sent.values = {name: one for name, one in {**sent.values, **values}.items() if name not in optional}
            tried += 1
            again = sent.send(person.client)
            errors = again.context["form"].errors if again.context is not None and "form" in again.context else {}
            wrong |= {f"{route}: {name}: {' '.join(errors[name])}" for name in optional & set(errors)}
    assert tried > 20
    assert sorted(wrong) == []
