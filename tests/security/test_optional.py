"""A label says "optional" where the answer may be left out, and only there: tried on every form of both panels."""

import pytest

from tests.browsing import form_of
from tests.security.forms import Opened, filled, undone

pytestmark = pytest.mark.django_db


def test_what_is_called_optional_may_be_left_out(opened: Opened) -> None:
    """All that is called so is left out at once; none of it may be asked for afterwards."""
    wrong, tried = set(), 0
    for route, person, answer in opened:
        form = answer.context.get("form")
        if form is None or not getattr(form, "fields", None):
            continue
        optional = {name for name, field in form.fields.items() if not field.required and not field.widget.is_hidden}
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
