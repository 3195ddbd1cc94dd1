"""Every form of both panels, found by walking their addresses: sent twice, and held to what was shown."""

from typing import Any

import pgtrigger
import pytest
from django.utils import timezone

from billing.models import Charge, LedgerEntry, Payment
from subscriptions.models import ResourcePrice
from tests.browsing import Form
from tests.security.addresses import Route
from tests.security.forms import Opened, last_form_undone, rows, undone
from tests.security.world import Person

pytestmark = pytest.mark.django_db

# Forms that make rows, at least these: so the walk cannot pass by finding none. Opening an account, a period, a token,
# a plan by its wizard, orders and money set aside are asked for in steps: sent twice by the tests of their views.
CREATING = {
    "operator:account_top_up", "operator:account_invite", "operator:account_correct", "operator:account_guarantee",
    "operator:payment_gateway_create",
    "operator:manager_create", "operator:product_create", "operator:plan_category_create", "operator:reseller_create",
    "operator:account_class_create", "operator:account_type_create", "operator:service_term_create",
    "operator:discount_create", "operator:tax_create",
    "operator:application_template_billed", "operator:vendor_connection_new", "operator:plan_price",
    "operator:subscription_change", "customer:payment_top_up", "customer:user_invite", "customer:subscription_change",
}  # fmt: skip
MOVING = {
    "operator:subscription_change", "operator:subscription_stop", "operator:subscription_delete", "operator:order_pay",
    "operator:order_cancel", "operator:payment_approve", "customer:subscription_change",
    "operator:correction_approve", "operator:guaranteed_payment_revoke",
    "customer:subscription_stop", "customer:subscription_delete", "customer:order_pay_from_balance",
}  # fmt: skip


@pytest.fixture(scope="module")
def last_forms(opened: Opened) -> list[tuple[Route, Person, Form]]:
    """The form of each page that does it, read once for all tests."""
    found = ((route, person, last_form_undone(person, answer)) for route, person, answer in opened)
    return [(route, person, form) for route, person, form in found if form is not None]


def test_every_form_that_is_sent_twice_makes_its_rows_once(last_forms: list[tuple[Route, Person, Form]]) -> None:
    """The same body twice: the rows of all tables grow once, and the second answer leads where the first one led."""
    made, left = set(), {}
    for route, person, form in last_forms:
        with undone():
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


def books() -> list[Any]:
    return [
        list(Charge.objects.order_by("pk").values_list("pk", "status", "amount")),
        list(LedgerEntry.objects.order_by("pk").values_list("pk", "amount")),
        list(Payment.objects.order_by("pk").values_list("pk", "status", "amount")),
    ]


def test_every_confirmation_of_money_is_held_to_what_it_showed(last_forms: list[tuple[Route, Person, Form]]) -> None:
    """Midnight, or a tenfold price, between showing and pressing: shown again, nothing booked; else done at once."""
    moving = set()
    for route, person, form in last_forms:
        if not any(form.values.get("shown", ())):
            continue
        with undone():
            if route.name not in MOVING:
                assert form.send(person.client).status_code != 409, (route, "nothing has changed since it was shown")
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
