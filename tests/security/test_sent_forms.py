"""Every form of both panels, found by walking their addresses: sent twice, and held to what was shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Any

import pgtrigger
import pytest
from django import forms
from django.apps import apps
from django.db import transaction
from django.utils import timezone

from accounts.models import AccessLevel, Role
from billing.models import Charge, LedgerEntry, Payment
from subscriptions.models import ResourcePrice
from tests.browsing import Form, form_of
from tests.security.addresses import Route, named, reversible
from tests.security.world import Person, World

pytestmark = pytest.mark.django_db

ROUTES = [route for route in (*named("operator"), *named("customer")) if reversible(route)]
# What a test cannot answer: a draft's steps are filled in one after the other; see tests of the wizard.
NOT_COUNTED = {"panel.SentForm", "sessions.Session", "accounts.UserSession"}
# Forms that make rows, at least these: so the walk cannot pass by finding none.
CREATING = {
     "operator:account_top_up", "operator:payment_create", "operator:account_invite",
    "operator:manager_create", "operator:product_create", "operator:plan_category_create", "operator:reseller_create",
    "operator:account_class_create", "operator:account_type_create", "operator:service_term_create",
    "operator:application_template_billed", "operator:vendor_connection_new", "operator:plan_price",
      "operator:subscription_change",
     "customer:payment_top_up", "customer:user_invite", "customer:subscription_change",

}  # fmt: skip
MOVING = {
    "operator:subscription_change", "operator:subscription_stop", "operator:subscription_delete", "operator:order_pay",
    "operator:order_cancel", "operator:payment_approve",  "customer:subscription_change",
    "customer:subscription_stop", "customer:subscription_delete", "customer:order_pay_from_balance",

}  # fmt: skip
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
    elif field.required and not value and not isinstance(field, forms.BooleanField):
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
    models = [model for model in apps.get_models() if model._meta.label not in NOT_COUNTED and model._meta.managed]
    models = [model for model in models if model._meta.app_label != "pghistory"]
    return {model._meta.label: model._base_manager.count() for model in models}


def test_every_form_that_is_sent_twice_makes_its_rows_once(world: World) -> None:
    """The same body twice: the rows of all tables grow once, and the second answer leads where the first one led."""
    made, left = set(), {}
    for route, person, answer in list(pages(world)):
        with undone():
            form = _with_account(last_form_undone(person, answer), world)
            if form is None:
                continue
            before = rows()
            first = form.send(person.client)
            after = rows()
            if after == before:
                left[route.name] = first.context["form"].errors if first.status_code == 422 else first.status_code
                continue
            second = form.send(person.client)
            assert rows() == after, route
            if first.status_code == 302:
                assert (second.status_code, second.get("Location")) == (302, first["Location"]), route
            assert form.send(person.client, comment="other", name="other").status_code != 500
            assert {label: n for label, n in rows().items() if label != "sessions.Session"} == after, route
            made.add(route.name)
    assert {name: left.get(name, "no form") for name in CREATING - made} == {}


def last_form_undone(person: Person, answer: Any) -> Form | None:
    """Read the form that does it without what asking for the confirmation might leave (nothing, by its own test)."""
    with undone():
        return last_form(person, answer)


def _with_account(form: Form | None, world: World) -> Form | None:
    if form is not None and form.action == "/operator/payments/create/":
        form.values["account"] = [world.north.objects["account"][0]]
    return form


def books() -> list[Any]:
    return [
        list(Charge.objects.order_by("pk").values_list("pk", "status", "amount")),
        list(LedgerEntry.objects.order_by("pk").values_list("pk", "amount")),
        list(Payment.objects.order_by("pk").values_list("pk", "status", "amount")),
    ]


def test_every_confirmation_of_money_is_held_to_what_it_showed(world: World) -> None:
    """Midnight, or a tenfold price, between showing and pressing: shown again, nothing booked; else done at once."""
    moving = set()
    for route, person, answer in list(pages(world)):
        with undone():
            form = last_form_undone(person, answer)
            if form is None or "shown" not in form.values or route.name not in MOVING:
                continue
            before = books()
            # Two time zones that never share a day.
            for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
                with timezone.override(zone):
                    if timezone.localdate() != timezone.now().date():
                        late = form.send(person.client)
                        assert late.status_code == 409, (route, zone)
                        assert "has changed since it was shown to you" in late.content.decode()
                        assert books() == before, (route, zone)
            with undone():
                with pgtrigger.ignore():
                    ResourcePrice.objects.update(recurring_fee=100)
                costly = form.send(person.client)
                if costly.status_code == 409:
                    assert books() == before, route
            assert form.send(person.client).status_code == 302, route
            moving.add(route.name)
    assert MOVING - moving == set()
