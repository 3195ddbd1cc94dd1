"""Every box of every form, filled with what nobody should type: said at once, never an error page, nothing written."""

import os
from typing import Any

import pytest
from django import forms
from django.db import transaction

from tests.security.addresses import Route
from tests.security.marks import fingerprint
from tests.security.sweeps.test_forms import PANELS, first, owner_of
from tests.security.world import Person, World

pytestmark = pytest.mark.django_db

NUMBERS = ("2147483648", "-1", "1e200000", "NaN", "9" * 30, "9" * 5_000, "0.0000001")
# Signs that are not seen: no box of text refuses them.
ODD = "\u202e\u200b"
TEXTS = ("a\0b", "x" * 6_000, ODD)
# Every value of every box alone, by `make prove`.
EVERYTHING = bool(os.environ.get("PROVE"))
DAYS = ("0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2026-11-28T12:00+16:00")


FORMS = [route for route in PANELS if not route.name.endswith(("_log", ":home"))]


def form_of(person: Person, address: str) -> forms.Form | None:
    answer = person.ask(address)
    return answer.context.get("form") if getattr(answer, "context", None) else None


def as_sent(form: forms.Form) -> dict[str, Any]:
    """Return the form as the person would send it back, untouched."""
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value is not None and value is not False}


def send(person: Person, address: str, data: dict[str, Any]) -> Any:
    """Post a form and roll back whatever came of it (`Person.ask` has a name of its own for one of the boxes)."""
    with transaction.atomic():
        answer = person.client.post(address, data)
        transaction.set_rollback(True)
    return answer


def bad_values(field: forms.Field) -> tuple[str, ...]:
    if isinstance(field, forms.IntegerField | forms.DecimalField):
        return NUMBERS
    if isinstance(field, forms.DateField):
        return DAYS
    if isinstance(field, forms.ModelChoiceField | forms.MultipleChoiceField | forms.ChoiceField):
        return ("9" * 30, "a\0b", "-1")
    return TEXTS if isinstance(field, forms.CharField) else ()


def is_refused(field: forms.Field, value: str) -> bool:
    """Return whether the box refuses the value by itself, in the words of a form; what it breaks on, it does not."""
    several = isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField)
    try:
        with transaction.atomic():
            field.clean([value] if several else value)
    except forms.ValidationError:
        return not EVERYTHING
    except Exception:  # noqa: BLE001 - sent alone, it shows itself
        return False
    return False


@pytest.mark.prove
@pytest.mark.parametrize("route", FORMS, ids=str)
def test_no_box_of_a_form_leads_to_an_error_page(world: World, route: Route) -> None:
    """One box at a time, so that the others let it through to where it would be written.

    What the boxes themselves refuse, whatever else the form says, goes at once, a value of each box; so does what every
    box of text takes. Alone in `make prove`.
    """
    person, address = owner_of(world, route), first(world.north, route)
    form = form_of(person, address)
    if form is None:
        pytest.skip("a page without a form")
    sent = as_sent(form)
    together: list[dict[str, str]] = []
    odd: dict[str, str] = {}
    for name, field in form.fields.items():
        refused = [bad for bad in bad_values(field) if is_refused(field, bad)]
        for place, bad in enumerate(refused):
            together += [{}] if len(together) == place else []
            together[place][name] = bad
        for bad in bad_values(field):
            if bad in refused:
                continue
            if bad == ODD and not EVERYTHING:
                odd[name] = bad
                continue
            answer = send(person, address, {**sent, name: bad, "confirmed": "yes"})
            assert answer.status_code < 500, (name, bad[:20])
    for several in [*together, *([odd] if odd else [])]:
        answer = send(person, address, {**sent, **several, "confirmed": "yes"})
        assert answer.status_code < 500, list(several)


def test_what_was_asked_was_rolled_back(world: World) -> None:
    """The sweep above looks at answers alone; its rows are not kept."""
    before = fingerprint()
    route = next(route for route in FORMS if route.name == "operator:account_class")
    send(owner_of(world, route), first(world.north, route), {"name": "x"})
    assert fingerprint() == before
