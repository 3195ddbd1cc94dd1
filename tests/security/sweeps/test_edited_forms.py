"""Every form of both panels that edits, opened by two people: who saves second is told both values."""

from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from django import forms

from tests.browsing import Form, form_of
from tests.security.forms import Opened, rows, undone
from tests.security.world import Person

pytestmark = pytest.mark.django_db

# Forms that edit, at least these: so the walk cannot pass by finding none.
EDITING = {
    "operator:account_change", "operator:account_class", "operator:account_type", "operator:account_user",
    "operator:account_priorities", "customer:subscription_priorities",
    "operator:application_template_change", "operator:manager_change", "operator:manager_supervision",
    "operator:payment_gateway",
    "operator:plan_change", "operator:plan_price", "operator:product", "operator:profile_change",
    "operator:profile_look", "operator:reseller_change", "operator:service_term_change", "operator:discount_change",
    "operator:tax_change",
    "operator:vendor_connection_change", "customer:account_edit", "customer:profile",
}  # fmt: skip
# Forms with questions that edit no row: they make one, or ask for a deed that a confirmation shows first. What is
# corrected of an order is no longer refused then: there is nothing left for who comes second.
NOT_EDITING = {
    "operator:account_class_create", "operator:account_create", "operator:account_invite",
    "operator:account_correct", "operator:account_guarantee",
    "operator:account_night", "operator:tonight",  # which day is looked at
    "operator:account_order_plan", "operator:account_top_up", "operator:account_type_create",
    "operator:application_template_billed", "operator:application_template_new", "operator:manager_create",
    "operator:payment_gateway_create",
    "operator:order_correct", "operator:payment_approve",
    "operator:plan_category_create", "operator:plan_delegate", "operator:price_change_create", "operator:plan_draft",
    "operator:plan_period_add", "operator:plan_markup", "operator:product_create", "operator:reseller_create",
    "operator:service_term_create", "operator:discount_create", "operator:tax_create",
    "operator:subscription_change", "operator:subscription_stop",
    "operator:subscription_renew", "operator:subscription_auto_renew", "customer:subscription_renew",
    "customer:subscription_auto_renew", "operator:subscription_end", "customer:subscription_end",
    "operator:vendor_connection_new", "customer:order_correct", "customer:order_plan_details",
    "customer:payment_top_up",
    "customer:subscription_change", "customer:subscription_stop", "customer:user_invite",
}  # fmt: skip
# Texts that have a form of their own.
UNLIKE_OTHERS = ("name_pattern", "domain", "key", "contact_phone", "phone", "subscription_name_template")


class Answer(NamedTuple):
    """What is sent for a field, and how a reader knows it."""

    sent: str
    read: str


def _others(form: forms.Form) -> tuple[str, Answer, Answer] | None:
    """Return a field and two values that it does not have: what another person saves, and what this one types."""
    for name, field in form.fields.items():
        value = form[name].value()
        now = [str(getattr(one, "value", one)) for one in (value if isinstance(value, list | tuple) else [value])]
        if field.disabled or field.widget.is_hidden or isinstance(field.widget, forms.PasswordInput):
            continue
        if type(field) is forms.CharField and name not in UNLIKE_OTHERS and not name.startswith("resource_"):
            return name, Answer("Theirs", "Theirs"), Answer("Mine", "Mine")
        if name.startswith("place.") and field.max_value > 2:
            return name, Answer("2", "2"), Answer("3", "3")
        if isinstance(field, forms.DecimalField):
            return name, Answer("7.5", "7.5"), Answer("8.5", "8.5")
        if isinstance(field, forms.ChoiceField):
            choices = [(str(getattr(key, "value", key)), str(label)) for key, label in field.choices]
            others = [Answer(key, label) for key, label in choices if key not in (*now, "")]
            others.sort(key=lambda one: one.sent == "owner")  # an owner stays one
            if len(others) > 1:
                return name, others[0], others[1]
    return None


def _plainly(values: list[str]) -> list[str]:
    """Return what stands in an input, however many zeros an amount is written with."""
    return [f"{Decimal(one).normalize():f}" if one.replace(".", "", 1).isdecimal() else one for one in values]


def test_who_saves_second_is_told_both_values(opened: Opened) -> None:
    """Every form that edits: what another has saved meanwhile is neither written over nor reset, but told."""
    told, left = set(), {}
    for route, person, answer in opened:
        form = answer.context.get("form")
        wanted = _others(form) if form is not None and getattr(form, "version", "") else None
        if wanted is not None:
            with undone():
                refused = _told(person, answer.wsgi_request.get_full_path(), *wanted)
            told |= set() if refused else {route.name}
            left[route.name] = refused
    assert {name: left.get(name, "no form") for name in EDITING - told} == {}


def _told(person: Person, address: str, name: str, theirs: Answer, mine: Answer) -> Any:
    """Let three people open the page and save one after the other; return why the first one could not."""
    one, two, three = (_opened(person, address) for _reader in range(3))
    first = one.send(person.client, **{name: theirs.sent})
    if first.status_code != 302:
        return first.context["form"].errors
    before = rows()
    second = two.send(person.client, **{name: mine.sent})
    page = second.content.decode()
    assert second.status_code == 409, address
    assert f"“{theirs.read}”" in page, address
    assert f"“{mine.read}”" in page, address
    assert rows() == before, address
    third = three.send(person.client)  # changes nothing itself: yet it would set the field back
    assert third.status_code == 409, address
    assert _plainly(form_of(third, holding="version").values[name]) == [theirs.sent], address
    assert form_of(second, holding="version").send(person.client).status_code == 302, address
    assert _plainly(_opened(person, address).values[name]) == [mine.sent], address
    return None


def _opened(person: Person, address: str) -> Form:
    return form_of(person.client.get(address), holding="version")


def test_every_form_that_edits_carries_its_version(opened: Opened) -> None:
    """A page with questions and no version is one of those known to edit nothing: a new one has to be decided."""
    without = set()
    for route, _person, answer in opened:
        form = answer.context.get("form")
        asked = set(form.fields) - {"shown"} if form is not None else set()
        if asked and not getattr(form, "version", ""):
            without.add(route.name)
    assert without == NOT_EDITING


# Pages that ask for the address of a person; tests/security/test_enumeration.py tries each with everybody's. It also
# finds what stands behind a first question (operator:account_create asks for the reseller first).
OF_PEOPLE = {
    "operator:account_invite", "operator:manager_create", "operator:manager_change", "operator:reseller_create",
    "customer:user_invite",
}  # fmt: skip
# Forms whose e-mails are where letters of a company go: kept as they are, never looked up.
OF_COMPANIES = {
    "operator:account_change", "operator:reseller_change", "customer:account_edit",
}  # fmt: skip


def test_a_form_that_asks_for_an_e_mail_is_known_to_ask_a_persons_or_a_companys(opened: Opened) -> None:
    """A new one has to be decided: a person's address tells nobody whose it is."""
    asking = set()
    for route, _person, answer in opened:
        form = answer.context.get("form")
        asked = form.fields.items() if form is not None else ()
        if any(isinstance(field, forms.EmailField) or "email" in name for name, field in asked):
            asking.add(route.name)
    assert asking == OF_PEOPLE | OF_COMPANIES
