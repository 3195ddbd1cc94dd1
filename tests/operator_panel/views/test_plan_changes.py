"""A plan's texts, periods, prices, delegation, in and out of sale."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from subscriptions.models import Plan, PlanPrice
from tests.browsing import form_of
from tests.factories import accounts as cast
from tests.factories import discounts as grant
from tests.factories import subscriptions as make
from tests.operator_panel.conftest import errors_of, signed_in, text_of

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def test_plan_is_changed_and_keeps_what_hangs_on_it(client: Client, plan: Plan) -> None:
    given = {"name": "Renamed", "subscription_name_template": "{{plan.name}}", "fixed_price": "on"}
    client.post(page("plan_change", plan.pk), given)
    plan.refresh_from_db()
    assert (plan.name, plan.fixed_price, plan.public) == ("Renamed", True, False)


def test_price_of_a_day_that_has_passed_is_refused_at_the_day(client: Client, plan: Plan, today: date) -> None:
    fees = {"recurring_fee": "15", "setup_fee": "0", "renewal_fee": "0"}
    yesterday = (today - timedelta(days=1)).isoformat()
    answer = client.post(page("plan_price", plan.pk, plan.resources.get().pk), {**fees, "valid_from": yesterday})
    assert list(errors_of(answer)) == ["valid_from"]


def test_periods_are_added_and_withdrawn(client: Client, plan: Plan) -> None:
    endless = plan.periods.get()
    address = page("plan_period_add", plan.pk)
    assert list(errors_of(client.post(address, {"unit_0": "month"}))) == ["duration_0"]
    assert client.post(address, {"duration_0": "6", "unit_0": "month"}).status_code == 302
    client.post(page("plan_period_withdraw", plan.pk, endless.pk), {"confirmed": "yes"})
    assert [str(one) for one in plan.periods.filter(active=True)] == ["6 months"]
    last = plan.periods.get(active=True)
    answer = client.post(page("plan_period_withdraw", plan.pk, last.pk), {"confirmed": "yes"})
    assert errors_of(answer) == {"__all__": ["A plan needs a period: add another one first."]}


def test_what_a_plan_costs_itself_is_asked_for_where_its_type_takes_it(client: Client, plan: Plan, today: date) -> None:
    reserved = make.plan(billing_type="reservation", months=3)
    period = reserved.periods.get()
    address = page("plan_period_price", reserved.pk, period.pk)
    fees = {"setup_fee": "5", "recurring_fee": "2", "renewal_fee": "4", "transfer_fee": "0"}
    assert client.post(address, {**fees, "valid_from": today.isoformat()}).url == page("plan_periods", reserved.pk)
    shown = text_of(client.get(page("plan_periods", reserved.pk)))
    assert "Prices of the plan itself" in shown
    assert "Transfer fee, USD" in shown
    more = {"duration_0": "6", "unit_0": "month", "plan.recurring_fee": "3"}
    client.post(page("plan_period_add", reserved.pk), more)
    kept = PlanPrice.objects.order_by("pk").values_list("period__duration", "setup_fee", "recurring_fee")
    assert list(kept) == [(3, 5, 2), (6, 0, 3)]
    # CSP monthly charges nothing of the kind, and asks for nothing.
    assert client.get(page("plan_period_price", plan.pk, plan.periods.get().pk)).status_code == 404
    assert "plan.recurring_fee" not in client.get(page("plan_period_add", plan.pk)).content.decode()


def test_the_same_period_sent_twice_is_one_period(client: Client, plan: Plan) -> None:
    asked = form_of(client.get(page("plan_period_add", plan.pk)), holding="duration_0")
    first, second = (asked.send(client, duration_0="6", unit_0="month") for _click in range(2))
    assert (first.status_code, first.url, second.url) == (302, second.url, page("plan_periods", plan.pk))
    assert plan.periods.filter(duration=6).count() == 1
    assert list(errors_of(asked.send(client, duration_0="7", unit_0="month"))) == ["__all__"]
    assert plan.periods.count() == 2


def test_plan_is_delegated_with_its_prices_and_goes_out_of_sale_with_its_copies(client: Client, plan: Plan) -> None:
    north = cast.reseller(name="North")
    prices = {"prices.seats.retail": "11.00"}
    answer = client.post(page("plan_delegate", plan.pk), {"reseller": north.pk, **prices})
    copy = Plan.objects.get(reseller=north)
    price = copy.resources.get().prices.get()
    assert (answer.url, price.recurring_fee, price.net_cost) == (
        page("plan_delegation", plan.pk), Decimal(11), Decimal(10),
    )  # fmt: skip
    client.post(page("plan_deactivate", plan.pk), {"confirmed": "yes"})
    copy.refresh_from_db()
    assert copy.status == "deactivated_by_provider"
    client.post(page("plan_activate", plan.pk), {"confirmed": "yes"})
    copy.refresh_from_db()
    assert copy.status == "active"


def test_negative_price_of_a_delegation_is_refused_at_the_price(client: Client, plan: Plan) -> None:
    prices = {"prices.seats.retail": "-1"}
    answer = client.post(page("plan_delegate", plan.pk), {"reseller": cast.reseller().pk, **prices})
    assert list(errors_of(answer)) == ["prices.seats.retail"]


def test_a_price_below_its_net_cost_is_said_and_kept_only_when_it_is_meant(client: Client, plan: Plan) -> None:
    north = cast.reseller(name="North")
    grant.of_reseller(north, "10")
    below = {"prices.seats.retail": "7.00"}
    address = page("plan_delegate", plan.pk)
    asked = client.post(address, {"reseller": north.pk, **below})
    assert asked.status_code == 422
    assert errors_of(asked) == {
        "below_cost": ["Seats: $7.00 a month is below the net cost of $9.00. Each unit loses $2.00 a month."]
    }
    assert not Plan.objects.filter(parent=plan).exists()
    assert client.post(address, {"reseller": north.pk, **below, "below_cost": "on"}).status_code == 302
    copy = Plan.objects.get(parent=plan)

    seller = signed_in(cast.manager(reseller=north))
    prices = seller.get(page("plan_resources", copy.pk)).content.decode()
    assert "-$2.00 (-29%)" in prices
    sold = copy.resources.get()
    priced = page("plan_price", copy.pk, sold.pk)
    assert "Net cost $9.00. Margin at present: -$2.00 (-29%)." in seller.get(priced).content.decode()
    fees = {"setup_fee": "0", "renewal_fee": "0", "valid_from": timezone.localdate().isoformat()}
    assert list(errors_of(seller.post(priced, {**fees, "recurring_fee": "8.99"}))) == ["below_cost"]
    said = seller.post(priced, {**fees, "recurring_fee": "12"}, follow=True).content.decode()
    assert "Margin: $3.00 (25%)." in said
