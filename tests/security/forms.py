"""The forms of both panels: found by walking the addresses, filled in, and carried out without leaving a trace."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Any

from django import forms
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import AccessLevel, Role
from tests.browsing import Form, form_of
from tests.security.addresses import Route, named, reversible
from tests.security.world import Person, World

ROUTES = [route for route in (*named("operator"), *named("customer")) if reversible(route)]
# Every page with who opened it and what it answers.
Opened = list[tuple[Route, Person, Any]]
NOT_COUNTED = {"panel.SentForm", "sessions.Session", "accounts.UserSession"}
fresh = count(1)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def pages(world: World) -> Iterator[tuple[Route, Person, Any]]:
    """Yield every page of the house's administrator and of the customer's owner, each with what it answers."""
    house = world.north
    for route in ROUTES:
        person = house.managers[Role.ADMIN] if route.panel == "operator" else house.customers[AccessLevel.OWNER]
        for address in route.addresses({kind: ids[:2] for kind, ids in house.objects.items()})[:2]:
            plan = next((at for at, pk in enumerate(house.objects["plan"]) if f"/order/{pk}/check/" in address), None)
            period = None if plan is None else house.objects["plan_period"][plan]
            query = f"?period={period}&quantities.seats=3" if period else ""
            answer = person.client.get(address + query)
            if answer.status_code == 200 and answer.context is not None:
                yield route, person, answer


def filled(form: forms.Form) -> dict[str, Any]:
    """Return answers to the questions of a form that are likely to be good."""
    answers = {name: _answer(field, form[name].value(), name) for name, field in form.fields.items()}
    return {name: value for name, value in answers.items() if value not in (None, "", False)}


def _is_needed(field: forms.Field) -> bool:
    """Return whether a form is not taken without it: always, or where another of its group is empty as well."""
    return field.required or bool(getattr(field, "needed_when", ""))


def _answer(field: forms.Field, value: Any, name: str) -> Any:
    given = value
    if field.widget.is_hidden or field.disabled:
        pass
    elif isinstance(field, forms.EmailField) or "email" in name:
        given = value or f"somebody{next(fresh)}@new.example"
    elif isinstance(field, forms.ChoiceField):
        choices = [str(getattr(one[0], "value", one[0])) for one in field.choices if one[0] not in ("", None)]
        several = isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField)
        given = value or (choices[:1] if several else choices[0] if choices else "")
    elif name.startswith("quantities."):
        given = int(value or 0) + 1
    elif isinstance(field, forms.DecimalField | forms.IntegerField):
        given = value if value is not None or (not field.required and not name.startswith("duration_")) else 1
    elif isinstance(field, forms.DateField):
        given = timezone.localdate() + timedelta(days=30)
    elif field.required and not value and isinstance(field.widget, forms.URLInput):
        given = f"https://new-{next(fresh)}.example"
    elif _is_needed(field) and not value and not isinstance(field, forms.BooleanField | forms.FileField):
        given = f"new-{next(fresh)}"
    return given


def last_form(person: Person, answer: Any) -> Form | None:
    """Return the form that does it: past the questions, that of the confirmation."""
    questions = answer.context.get("form")
    if questions is None:
        return None
    try:
        name = next((name for name in questions.fields if not name.startswith("quantities.")), "confirmed")
        form = form_of(answer, holding=name)
    except LookupError:
        return None
    if "confirmed" in form.values:
        return form
    form.values |= {name: value if isinstance(value, list) else [value] for name, value in filled(questions).items()}
    if form.action.endswith("/account/") and not form.values.get("account"):
        return None
    asked = person.client.post(form.action, form.values) if "version" not in form.values else None
    if asked is not None and asked.status_code == 200 and b'name="confirmed"' in asked.content:
        return form_of(asked, holding="confirmed")
    return form


def rows() -> dict[str, int]:
    """Return how many rows each table has: counted by one statement."""
    models = [model for model in apps.get_models() if model._meta.label not in NOT_COUNTED and model._meta.managed]
    models = [model for model in models if model._meta.app_label != "pghistory"]
    each = "SELECT '{0.label}', count(*) FROM \"{0.db_table}\""
    counted = [each.format(one._meta) for one in models]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(counted))
        return dict(cursor.fetchall())


def last_form_undone(person: Person, answer: Any) -> Form | None:
    """Read the form that does it without what asking for the confirmation might leave (nothing, by its own test)."""
    with undone():
        return last_form(person, answer)
