"""Switching the plan and closing charges by hand: what is shown before is what is charged then."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from billing.models import Charge
from subscriptions.models import Order
from tests.browsing import form_of
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.operator_panel.conftest import signed_in, text_of
from tests.operator_panel.previews import confirm
from tests.operator_panel.views.test_subscription_operations import page
from tests.stories.office365 import a_story

pytestmark = pytest.mark.django_db


def test_another_plan_is_chosen_shown_and_paid_and_charges_are_closed(
    client: Client, acme: Account, today: date
) -> None:
    top_up(account=acme, amount="900", today=today)
    seats = make.subscription(account=acme, plan=make.plan(months=2, billing_type="csp_annual"), today=today)
    address = page("subscription_switch", seats.pk)
    alone = client.get(page("subscription", seats.pk)).context["page"].buttons
    assert "Switch the plan" not in [str(button.label) for button in alone]
    assert "No plan to switch to" in text_of(client.get(address))
    other = make.plan(name="Larger", months=2, billing_type="csp_annual", prices={"desks": "12"})
    there = client.get(page("subscription", seats.pk)).context["page"].buttons
    assert {"Switch the plan", "Close charges"} <= {str(button.label) for button in there}
    assert "Larger" in text_of(client.get(address))
    assert client.get(f"{address}?to=seats").status_code == 404
    chosen = f"{address}?to={other.periods.get().pk}"
    asked = client.post(chosen, {"quantities.desks": 9, "pay_from_balance": "on", "key": "s"})
    assert "to “Larger”?" in asked.context["question"]
    seen, charged, _answer = confirm(client, chosen, **{"quantities.desks": 9, "pay_from_balance": "on", "key": "s"})
    assert seen == charged
    seats.refresh_from_db()
    assert (seats.plan, seats.quantity, Order.objects.get(type="switch").status) == (other, 9, "completed")
    shown = client.post(page("subscription_close_charges", seats.pk), {})
    assert (shown.context["danger"], shown.context["submit"][:9]) == (True, "Write off")
    form_of(shown, holding="confirmed").send(client)
    assert Charge.objects.filter(source="closed_by_hand", status="closed").count() == 1


def test_a_switch_at_a_vendor_says_what_is_in_the_way_and_is_charged_once_it_is_made(
    client: Client, today: date
) -> None:
    with a_story(today) as story:
        basic, larger = story.plan("CFQ7TTC0LH18:0001", "6.00"), story.plan("CFQ7TTC0LDPB:0001", "12.50")
        elsewhere = story.plan("CFQ7TTC0LF8Q:0001", "10.00")
        bought = story.order(basic, 5)
        address, asked = page("subscription_switch", bought.pk), {"quantities.seats": 6, "pay_from_balance": "on"}
        customer = signed_in(cast.customer_user(account=story.account))
        for browser, switch in (
            (client, address),
            (customer, reverse("customer:subscription_switch", args=[bought.pk])),
        ):
            refused = browser.post(f"{switch}?to={elsewhere.periods.get().pk}", {**asked, "key": "no"})
            assert refused.status_code == 422
            assert "Microsoft does not let this product become the one of the other plan" in text_of(refused)
        shown = client.post(f"{address}?to={larger.periods.get().pk}", {**asked, "key": "yes"})
        assert f"to “{larger.name}”?" in shown.context["question"]
        assert form_of(shown, holding="confirmed").send(client).status_code == 302
        # Nothing of the old plan is given back, and the new one is not charged, before Microsoft has moved it.
        bought.refresh_from_db()
        assert (bought.status, bought.plan) == ("updating", basic)
        story.work()
        assert larger.name in text_of(client.get(page("subscription", bought.pk)))
        bought.refresh_from_db()
        assert (bought.status, bought.plan, story.one_held()["quantity"]) == ("active", larger, 6)
        story.books_agree()
