"""Markup rules in the panel: asked, shown with what they leave, kept, ended; for the own level alone."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from core.panel.formats import day_text
from operator_panel.forms.markups import rule_text
from subscriptions.models import MarkupRule, Plan
from tests.browsing import confirmed
from tests.factories import accounts as people
from tests.factories import subscriptions as make
from tests.factories.reselling import follow, line, price_on
from tests.operator_panel.conftest import errors_of, signed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> people.Cast:
    """The operator, North and North-East below it."""
    return people.cast()


@pytest.fixture
def plans(cast: people.Cast) -> list[Plan]:
    """Seats: the operator's at 8.00, North's at 9.00, North-East's at 10.00."""
    return line(cast, "8.00", "9.00", "10.00")


@pytest.fixture
def rule(today: date) -> dict[str, object]:
    """The answers of a rule that begins today, without its markup."""
    return {"follows": "follows", "valid_from": today, "rounding": "nearest"}


@pytest.fixture
def north(cast: people.Cast) -> Client:
    """A browser of North's administrator."""
    return signed_in(people.manager(reseller=cast.north))


def test_it_is_shown_with_what_it_leaves_then_kept_then_ended(
    north: Client, plans: list[Plan], today: date, rule: dict[str, object]
) -> None:
    follow(plans[2], "10", today)
    address, prices = (reverse(f"operator:{name}", args=[plans[1].pk]) for name in ("plan_markup", "plan_resources"))
    assert address in north.get(prices).content.decode()
    shown = text_of(north.post(address, {**rule, "percent": "25"}))
    assert "net cost + 25 %" in shown
    assert "$10.00 instead of $9.00. Margin: $2.00 (20%)." in shown
    assert "1 price of resellers below follows by their rules." in shown
    assert price_on(plans[1], today) == 9
    confirmed(north, address, {**rule, "percent": "25"})
    assert (price_on(plans[1], today), price_on(plans[2], today)) == (10, 11)
    page = text_of(north.get(prices))
    assert "net cost + 25 %" in page
    assert "a markup rule, from the provider’s price of 01 Jan 2010" in page

    confirmed(north, address, {**rule, "follows": "by_hand", "valid_from": today + timedelta(days=3)})
    assert MarkupRule.objects.latest("pk").follows is False
    assert "entered by hand" in text_of(north.get(prices))


def test_a_price_below_cost_is_said_before(north: Client, plans: list[Plan], rule: dict[str, object]) -> None:
    address = reverse("operator:plan_markup", args=[plans[1].pk])
    shown = text_of(north.post(address, {**rule, "percent": "-10"}))
    assert "$7.20 instead of $9.00. Below net cost: each unit loses $0.80." in shown
    assert errors_of(north.post(address, {**rule, "percent": "2000"})) == {
        "percent": ["Enter a percentage above -100, up to 1000."]
    }


def test_the_box_of_a_price_is_left_empty_where_a_rule_makes_it(north: Client, plans: list[Plan], today: date) -> None:
    follow(plans[1], "25", today)
    address = reverse("operator:plan_price", args=[plans[1].pk, plans[1].resources.get().pk])
    fees = {"setup_fee": "0", "renewal_fee": "0", "valid_from": today}
    refused = north.post(address, {**fees, "recurring_fee": "12.00"})
    assert "This price follows its net cost by a markup rule" in text_of(refused)
    assert north.post(address, {**fees, "recurring_fee": ""}).status_code == 302
    newest = plans[1].resources.get().prices.latest("pk")
    assert (newest.recurring_fee, newest.made_by) == (Decimal(10), MarkupRule.objects.get())


def test_what_follows_a_single_price_below_is_shown_before_it_is_entered(
    cast: people.Cast, plans: list[Plan], today: date
) -> None:
    """Seen before: entered at once, and who followed was to be found in their letters."""
    follow(plans[1], "25", today)
    operators, priced = signed_in(people.manager(reseller=cast.operator)), plans[0].resources.get()
    address = reverse("operator:plan_price", args=[plans[0].pk, priced.pk])
    answers = {"recurring_fee": "8.80", "setup_fee": "0", "renewal_fee": "0", "valid_from": today}

    def asked(**more: str) -> tuple[int, str, str]:
        answer = operators.post(address, {**answers, **more})
        if answer.status_code == 302:
            return 302, "", ""
        (said,) = errors_of(answer)["followed"]
        return answer.status_code, said, answer.context["form"].fields["followed"].widget.attrs["value"]

    status, said, mark = asked()
    assert (status, said) == (422, f"North: Seats, Seats from {day_text(today)}: $11.00 instead of $10.00.")
    assert [price_on(plan, today) for plan in plans[:2]] == [8, 10], "shown, not changed"
    follow(plans[1], "50", today)
    status, said, anew = asked(followed=mark)
    assert (status, said.partition(": $")[2]) == (422, "13.20 instead of $12.00."), "what was shown is not what follows"
    assert asked(followed=anew) == (302, "", "")
    assert [price_on(plan, today) for plan in plans[:2]] == [Decimal("8.80"), Decimal("13.20")]


def test_a_price_below_cost_that_others_follow_is_asked_about_both(
    north: Client, plans: list[Plan], today: date
) -> None:
    follow(plans[2], "10", today)
    resource = plans[1].resources.get()
    address = reverse("operator:plan_price", args=[plans[1].pk, resource.pk])
    answers = {"recurring_fee": "0.50", "setup_fee": "0", "renewal_fee": "0", "valid_from": today}
    answer = north.post(address, answers)
    assert set(errors_of(answer)) == {"below_cost", "followed"}
    mark = answer.context["form"].fields["followed"].widget.attrs["value"]
    half = north.post(address, {**answers, "followed": mark})
    assert set(errors_of(half)) == {"below_cost"}
    assert f'value="{mark}"' in half.content.decode(), "what was ticked is still there to be sent"
    assert north.post(address, {**answers, "followed": mark, "below_cost": "on"}).status_code == 302
    assert price_on(plans[2], today) == Decimal("0.55")


def test_another_level_does_not_find_it(cast: people.Cast, plans: list[Plan], today: date) -> None:
    follow(plans[1], "25", today)
    for reseller in (cast.operator, cast.north_east, cast.south):
        client = signed_in(people.manager(reseller=reseller))
        assert client.get(reverse("operator:plan_markup", args=[plans[1].pk])).status_code == 404
    operators = signed_in(people.manager(reseller=cast.operator))
    page = text_of(operators.get(reverse("operator:plan_resources", args=[plans[1].pk])))
    assert "25 %" not in page, "what North earns"
    by_cost = make.plan(reseller=cast.south, billing_type="payg_external", prices={"seats": "0"})
    south = signed_in(people.manager(reseller=cast.south))
    offered = south.get(reverse("operator:plan_resources", args=[by_cost.pk])).content.decode()
    assert reverse("operator:plan_markup", args=[by_cost.pk]) not in offered


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"percent": Decimal(25)}, "net cost + 25 %"),
        ({"percent": Decimal(25), "fee_percent": Decimal(10)}, "net cost + 25 %; fees: net cost + 10 %"),
        ({"percent": Decimal("12.5"), "amount": Decimal("0.50")}, "net cost + 12.5 % + $0.50"),
        ({"amount": Decimal(1), "rounding": "up"}, "net cost + $1.00, rounded up"),
        ({"percent": Decimal(1), "step": Decimal("0.05")}, "net cost + 1 %, rounded to a multiple of $0.05"),
        (
            {"percent": Decimal(1), "step": Decimal(1), "rounding": "up"},
            "net cost + 1 %, rounded up to a multiple of $1.00",
        ),
        ({}, "net cost"),
        ({"follows": False}, "entered by hand"),
    ],
)
def test_a_rule_in_words(fields: dict[str, object], text: str) -> None:
    assert rule_text(MarkupRule(**fields), "USD") == text


def test_a_rule_is_offered_where_a_net_cost_is_known(cast: people.Cast, today: date) -> None:
    """Of a plan whose vendor's prices nobody has entered none; of one of two resources for that one."""
    plan = make.plan(reseller=cast.south, prices={"seats": "10", "disk": "3"})
    south = signed_in(people.manager(reseller=cast.south))
    prices, rule = (reverse(f"operator:{name}", args=[plan.pk]) for name in ("plan_resources", "plan_markup"))
    assert rule not in south.get(prices).content.decode()
    seats = plan.resources.order_by("pk")[0]
    newest = seats.prices.latest("pk")
    newest.pk, newest.net_cost, newest.valid_from, newest.entered_on = None, Decimal(8), today, today
    newest.save(force_insert=True)
    assert rule in south.get(prices).content.decode()
    field = south.get(rule).context["form"].fields["resource"]
    assert (field.required, list(field.queryset)) == (True, [seats])
