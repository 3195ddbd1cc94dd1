"""The plan's wizard: forwards, back, refusals at their step and field."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from subscriptions.models import ApplicationTemplate, Plan, ServiceTerm
from tests.browsing import form_of
from tests.factories import subscriptions as make
from tests.operator_panel.conftest import errors_of, text_of

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


@pytest.fixture
def template(plan: Plan) -> ApplicationTemplate:
    """A template with the resource "seats", and service terms beside it."""
    return plan.template


def _begin(client: Client, template: ApplicationTemplate) -> str:
    """Return the address of a new draft, without its step."""
    answer = client.get(f"{page('plan_create')}?template={template.pk}")
    return answer.url.removesuffix("information/")


def _information(template: ApplicationTemplate, **changed: object) -> dict[str, object]:
    return {
        "name": "Office monthly",
        "template": template.pk,
        "service_term": ServiceTerm.objects.first().pk,
        "billing_type": "csp_monthly",
        "public": "on",
        "subscription_name_template": "{{plan.name}}",
        **changed,
    }


def _resources(**changed: object) -> dict[str, object]:
    return {
        "resources.seats.sold": "on",
        "resources.seats.recurring_fee": "12.50",
        "resources.seats.minimum": "1",
        "resources.seats.public": "on",
        **changed,
    }


def test_wizard_creates_the_plan_that_was_confirmed(client: Client, template: ApplicationTemplate, today: date) -> None:
    draft = _begin(client, template)
    assert client.post(f"{draft}information/", _information(template)).url == f"{draft}resources/"
    assert client.post(f"{draft}resources/", _resources()).url == f"{draft}periods/"
    assert client.post(f"{draft}periods/", {"endless": "on", "duration_0": "12", "unit_0": "month"}).url == (
        f"{draft}confirmation/"
    )
    said = text_of(client.get(f"{draft}confirmation/"))
    assert "Name Office monthly" in said
    assert "12.50" in said
    assert "Endless ✓ 12 months ✓" in said
    answer = client.post(f"{draft}confirmation/")
    made = Plan.objects.get(name="Office monthly")
    assert answer.url == page("plan", made.pk)
    assert sorted(str(period) for period in made.periods.all()) == ["12 months", "Endless"]
    price = made.resources.get().prices.get()
    assert (price.recurring_fee, price.valid_from, made.currency) == (Decimal("12.5"), today, "USD")


def test_confirmation_sent_twice_makes_one_plan(client: Client, template: ApplicationTemplate) -> None:
    draft = _begin(client, template)
    client.post(f"{draft}information/", _information(template))
    client.post(f"{draft}resources/", _resources())
    client.post(f"{draft}periods/", {"endless": "on", "unit_0": "month"})
    asked = form_of(client.get(f"{draft}confirmation/"), holding="shown")
    first, second = (asked.send(client) for _click in range(2))
    made = Plan.objects.get(name="Office monthly")
    assert (first.url, second.url) == (page("plan", made.pk), page("plan", made.pk))


def test_a_draft_changed_in_another_tab_is_shown_again(client: Client, template: ApplicationTemplate) -> None:
    draft = _begin(client, template)
    client.post(f"{draft}information/", _information(template))
    client.post(f"{draft}resources/", _resources())
    client.post(f"{draft}periods/", {"endless": "on", "unit_0": "month"})
    asked = form_of(client.get(f"{draft}confirmation/"), holding="shown")
    client.post(f"{draft}resources/", _resources(**{"resources.seats.recurring_fee": "125"}))
    answer = asked.send(client)
    assert answer.status_code == 409
    assert "125.00" in text_of(answer)
    assert not Plan.objects.filter(name="Office monthly").exists()
    assert form_of(answer, holding="shown").send(client).status_code == 302


def test_wizard_goes_back_and_keeps_what_was_answered(client: Client, template: ApplicationTemplate) -> None:
    draft = _begin(client, template)
    client.post(f"{draft}information/", _information(template))
    client.post(f"{draft}resources/", _resources())
    assert 'value="12.50"' in client.get(f"{draft}resources/").content.decode()
    assert 'value="Office monthly"' in client.get(f"{draft}information/").content.decode()


def test_wizard_does_not_skip_steps(client: Client, template: ApplicationTemplate) -> None:
    draft = _begin(client, template)
    assert client.get(f"{draft}confirmation/").url == f"{draft}information/"


def test_wizard_demands_the_price_of_what_is_sold(client: Client, template: ApplicationTemplate) -> None:
    draft = _begin(client, template)
    client.post(f"{draft}information/", _information(template))
    answer = client.post(f"{draft}resources/", _resources(**{"resources.seats.recurring_fee": ""}))
    assert list(errors_of(answer)) == ["resources.seats.recurring_fee"]


@pytest.mark.parametrize(
    ("information", "resources", "field"),
    [
        ({"sku": "TAKEN"}, {}, "sku"),
        ({}, {"resources.seats.minimum": "5", "resources.seats.limit": "2"}, "resources.seats.limit"),
        ({}, {"resources.seats.sold": ""}, "__all__"),
    ],
)
def test_wizard_shows_a_refusal_at_its_step_and_field(
    client: Client, template: ApplicationTemplate, information: dict, resources: dict, field: str
) -> None:
    make.plan(sku="TAKEN")
    draft = _begin(client, template)
    client.post(f"{draft}information/", _information(template, **information))
    client.post(f"{draft}resources/", _resources(**resources))
    client.post(f"{draft}periods/", {"endless": "on"})
    assert list(errors_of(client.post(f"{draft}confirmation/"))) == [field]
    assert Plan.objects.filter(name="Office monthly").count() == 0


def test_wizard_without_a_period_comes_back_to_the_periods(client: Client, template: ApplicationTemplate) -> None:
    draft = _begin(client, template)
    client.post(f"{draft}information/", _information(template))
    client.post(f"{draft}resources/", _resources())
    client.post(f"{draft}periods/", {})
    assert errors_of(client.post(f"{draft}confirmation/")) == {"__all__": ["A plan needs at least one period."]}


@pytest.mark.parametrize(
    ("billing_type", "period", "label"),
    [
        ("payg_internal", {"endless": "on"}, "Price of a unit and hour, USD"),
        ("pay_in_full", {"duration_0": "12", "unit_0": "month"}, "Recurring fee a month, USD"),
        ("gsuite", {"duration_0": "1", "unit_0": "month"}, "Recurring fee a month, USD"),
    ],
)
def test_each_billing_type_is_chosen_and_refuses_what_it_would_not_charge(
    client: Client, template: ApplicationTemplate, billing_type: str, period: dict[str, str], label: str
) -> None:
    draft = _begin(client, template)
    client.post(f"{draft}information/", _information(template, billing_type=billing_type))
    assert label in text_of(client.get(f"{draft}resources/"))
    free = {"resources.seats.minimum": "0"}
    client.post(f"{draft}resources/", _resources(**free, **{"resources.seats.renewal_fee": "1"}))
    client.post(f"{draft}periods/", period)
    refused = client.post(f"{draft}confirmation/")
    assert errors_of(refused) == {
        "resources.seats.renewal_fee": ["This billing type charges no such fee: nobody would pay it. Enter 0."]
    }
    client.post(f"{draft}resources/", _resources(**free))
    assert client.post(f"{draft}confirmation/").status_code == 302
    made = Plan.objects.get(name="Office monthly")
    assert made.billing_type == billing_type
    assert label.replace(", USD", "") in text_of(client.get(page("plan_resources", made.pk)))
