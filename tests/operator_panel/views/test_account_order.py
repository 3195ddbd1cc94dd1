"""Ordering for an account: what is shown before is what is charged then."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.models import Charge
from subscriptions.catalogue.prices import PlanFees, set_plan_price
from subscriptions.models import Order, Plan
from tests.browsing import form_of, on_another_day
from tests.factories import subscriptions as make
from tests.operator_panel.conftest import errors_of
from tests.operator_panel.previews import confirm

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def test_order_charges_what_was_shown(client: Client, rich: Account, plan: Plan) -> None:
    address = page("account_order_plan", rich.pk, plan.pk)
    period = plan.periods.get().pk
    seen, charged, answer = confirm(client, address, period=period, **{"quantities.seats": 3}, key="k1")
    order = Order.objects.get()
    assert (seen, answer.url) == (charged, page("order", order.pk))
    assert [line[2] for line in seen] == [3]
    assert (order.status, order.items.get().quantity_after) == ("waiting_for_payment", 3)


def test_order_sent_twice_is_one_order(client: Client, rich: Account, plan: Plan) -> None:
    address = page("account_order_plan", rich.pk, plan.pk)
    given = {"period": plan.periods.get().pk, "quantities.seats": 3, "key": "k1"}
    asked = form_of(client.post(address, given), holding="confirmed")
    assert asked.send(client).url == asked.send(client).url
    assert Order.objects.count() == 1


def test_order_whose_price_grew_tenfold_is_shown_again(client: Client, rich: Account, plan: Plan, today: date) -> None:
    given = {"period": plan.periods.get().pk, "quantities.seats": 3, "key": "k1"}
    asked = client.post(page("account_order_plan", rich.pk, plan.pk), given)
    make.reprice(plan=plan, fee="100.00", today=today)
    answer = form_of(asked, holding="confirmed").send(client)
    assert (answer.status_code, Order.objects.count()) == (409, 0)
    (now,) = [charge.amount for charge in answer.context["charges"]]
    assert now > 9 * sum(charge.amount for charge in asked.context["charges"])
    assert form_of(answer, holding="confirmed").send(client).status_code == 302
    assert Order.objects.get().total == now


def test_order_of_another_day_is_shown_again(
    client: Client, rich: Account, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"period": plan.periods.get().pk, "quantities.seats": 3, "key": "k1"}
    asked = client.post(page("account_order_plan", rich.pk, plan.pk), given)
    on_another_day(monkeypatch)
    answer = form_of(asked, holding="confirmed").send(client)
    assert (answer.status_code, Order.objects.count()) == (409, 0)
    assert form_of(answer, holding="confirmed").send(client).status_code == 302


def test_order_beyond_the_limit_is_refused_at_the_quantity(client: Client, rich: Account) -> None:
    plan = make.plan(bounds={"seats": {"minimum": 2, "limit": 10}})
    address = page("account_order_plan", rich.pk, plan.pk)
    answer = client.post(address, {"period": plan.periods.get().pk, "quantities.seats": 11, "key": "k"})
    assert errors_of(answer) == {"quantities.seats": ["Ensure this value is less than or equal to 10."]}


def test_order_beyond_what_the_vendor_sells_is_refused_at_the_quantity(client: Client, rich: Account) -> None:
    plan = make.plan()
    plan.template.resources.update(vendor_maximum=4)
    address = page("account_order_plan", rich.pk, plan.pk)
    answer = client.post(address, {"period": plan.periods.get().pk, "quantities.seats": 5, "key": "k"})
    assert errors_of(answer) == {"quantities.seats": ["Seats: at most 4."]}


def test_order_for_an_account_on_hold_is_refused(client: Client, rich: Account, plan: Plan) -> None:
    rich.status = "administrative_hold"
    rich.save()
    answer = client.post(
        page("account_order_plan", rich.pk, plan.pk),
        {"period": plan.periods.get().pk, "quantities.seats": 1, "key": "k"},
    )
    assert list(errors_of(answer)) == ["__all__"]


def test_a_transfer_is_asked_of_where_the_plan_has_a_fee_for_it_and_shown_before(
    client: Client, rich: Account, today: date
) -> None:
    plan = make.plan(billing_type="reservation", months=3)
    address, given = page("account_order_plan", rich.pk, plan.pk), {"period": plan.periods.get().pk, "key": "k1"}
    assert 'name="transfer"' not in client.get(address).content.decode()
    fees = PlanFees(transfer_fee=Decimal("6.00"))
    set_plan_price(actor=SYSTEM, period=plan.periods.get(), fees=fees, valid_from=today, today=today)
    assert 'name="transfer"' in client.get(address).content.decode()
    seats = {"quantities.seats": 1}
    plain = client.post(address, {**given, **seats})
    assert "transfer_fee" not in {charge.type for charge in plain.context["charges"]}
    asked = client.post(address, {**given, **seats, "transfer": "on"})
    assert [charge.amount for charge in asked.context["charges"] if charge.type == "transfer_fee"] == [Decimal(6)]
    assert form_of(asked, holding="confirmed").send(client).status_code == 302
    order = Order.objects.get()
    assert Charge.objects.filter(order=order, type="transfer_fee").values_list("amount", flat=True).get() == 6
    assert order.total == sum(charge.amount for charge in plain.context["charges"]) + 6
