"""The order wizard: there and back, refusals at their fields, one order for a double click."""

from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from billing.models import Charge, Payment
from subscriptions.models import Order, Plan, Subscription
from tests.browsing import form_of, on_another_day
from tests.factories import accounts as cast
from tests.factories import billing as money
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db


def check_page(plan: Plan, **answers: object) -> str:
    """Return the address of the last step with these answers."""
    given = {"period": plan.periods.get().pk, "quantities.seats": 5, **answers}
    return f"{reverse('customer:order_plan_check', args=[plan.pk])}?{urlencode(given)}"


def key_on(page: object) -> str:
    return page.context["form"]["key"].value()


def test_first_step_shows_the_plans_with_their_prices(client: Client, plan: Plan) -> None:
    make.plan(public=False)
    make.plan(reseller=cast.reseller())
    offers = client.get(reverse("customer:order_plan")).context["offers"]
    assert [(offer.plan, offer.resources[0].price) for offer in offers] == [(plan, Decimal("10.000000"))]


def test_second_step_asks_for_one_unit_where_the_plan_says_nothing(client: Client, plan: Plan) -> None:
    form = client.get(reverse("customer:order_plan_details", args=[plan.pk])).context["form"]
    assert list(form.fields) == ["period", "quantities.seats", "promo_code"]
    assert [form[name].value() for name in form.fields] == [plan.periods.get().pk, 1, None]


def test_second_step_says_what_is_included_and_allowed(client: Client, acme: Account) -> None:
    plan = make.plan(bounds={"seats": {"included": 2, "minimum": 3, "limit": 9}})
    form = client.get(reverse("customer:order_plan_details", args=[plan.pk])).context["form"]
    seats = form["quantities.seats"]
    assert (seats.value(), seats.help_text) == (3, "2 come with the plan at no charge. At least 3. At most 9.")


def test_way_back_keeps_the_answers(client: Client, plan: Plan) -> None:
    back = client.get(check_page(plan, **{"quantities.seats": 7})).context["cancel"]
    form = client.get(back).context["form"]
    assert form["quantities.seats"].value() == "7"


def test_last_step_shows_charges_and_sums_and_keeps_nothing(
    client: Client, acme: Account, plan: Plan, today: date
) -> None:
    money.top_up(account=acme, amount="500.00", today=today)
    page = client.get(check_page(plan))
    placed = make.order(account=acme, plan=plan, today=today)
    assert [charge.amount for charge in page.context["charges"]] == [placed.total]
    assert page.context["balance_after"] == Decimal(500) - placed.total
    assert page.context["submit"] == f"Order, pay ${placed.total:.2f}"
    assert list(Order.objects.all()) == [placed]


def test_last_step_promises_no_balance_that_is_not_there(client: Client, plan: Plan) -> None:
    assert client.get(check_page(plan)).context["balance_after"] is None


def test_order_is_placed_and_waits_for_its_payment(client: Client, acme: Account, plan: Plan) -> None:
    page = client.get(check_page(plan))
    answer = form_of(page, holding="key").send(client)
    order = Order.objects.get()
    assert answer.url == reverse("customer:subscription_order", args=[order.pk])
    assert (order.account, order.status, order.requester_ip) == (acme, "waiting_for_payment", "127.0.0.1")
    assert Payment.objects.get().amount == order.total


def test_double_click_makes_one_order(client: Client, plan: Plan) -> None:
    asked = form_of(client.get(check_page(plan)), holding="key")
    first, second = (asked.send(client) for _click in range(2))
    assert first.url == second.url
    assert (Order.objects.count(), Subscription.objects.count(), Charge.objects.count()) == (1, 1, 1)


def test_order_whose_price_grew_tenfold_is_shown_again(client: Client, plan: Plan, today: date) -> None:
    asked = client.get(check_page(plan))
    make.reprice(plan=plan, fee="100.00", today=today)
    answer = form_of(asked, holding="key").send(client)
    assert (answer.status_code, Order.objects.count(), Charge.objects.count()) == (409, 0, 0)
    (now,) = [charge.amount for charge in answer.context["charges"]]
    assert answer.context["submit"] == f"Order, pay ${now:,.2f}" != asked.context["submit"]
    assert form_of(answer, holding="key").send(client).status_code == 302
    assert Order.objects.get().total == now


def test_order_of_another_day_is_shown_again(client: Client, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = client.get(check_page(plan))
    on_another_day(monkeypatch)
    answer = form_of(asked, holding="key").send(client)
    assert (answer.status_code, Order.objects.count(), Payment.objects.count()) == (409, 0, 0)
    assert form_of(answer, holding="key").send(client).status_code == 302


def test_same_plan_ordered_anew_is_another_order(client: Client, plan: Plan) -> None:
    for _time in range(2):
        form_of(client.get(check_page(plan)), holding="key").send(client)
    assert Order.objects.count() == 2


def test_quantity_that_is_not_allowed_comes_back_at_its_field(client: Client) -> None:
    plan = make.plan(bounds={"seats": {"minimum": 3}})
    answer = client.get(check_page(plan, **{"quantities.seats": 2}))
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"quantities.seats": ["Ensure this value is greater than or equal to 3."]}
    assert answer.context["form"]["quantities.seats"].value() == "2"


def test_bound_of_the_vendor_comes_back_at_its_field(client: Client, plan: Plan) -> None:
    resource = plan.resources.get().resource
    resource.vendor_maximum = 4
    resource.save()
    answer = client.get(check_page(plan))
    assert answer.context["form"].errors == {"quantities.seats": ["Seats: at most 4."]}


def test_order_of_nothing_is_refused_above_the_form(client: Client, plan: Plan) -> None:
    answer = client.get(check_page(plan, **{"quantities.seats": 0}))
    assert answer.context["form"].non_field_errors() == ["Nothing is ordered: enter a quantity of at least one."]


def test_account_on_hold_is_refused_with_the_reason(client: Client, acme: Account, plan: Plan) -> None:
    acme.status = "administrative_hold"
    acme.save()
    answer = client.post(check_page(plan), {"key": "again"})
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors() == [
        "The account is “Administrative hold”: nothing can be ordered for it. Ask your manager."
    ]


def test_period_of_another_plan_is_refused_at_its_field(client: Client, plan: Plan) -> None:
    answer = client.get(check_page(plan, period=make.plan().periods.get().pk))
    assert list(answer.context["form"].errors) == ["period"]


def test_nothing_to_order_says_so(client: Client) -> None:
    assert "Nothing can be ordered yet" in client.get(reverse("customer:order_plan")).content.decode()
