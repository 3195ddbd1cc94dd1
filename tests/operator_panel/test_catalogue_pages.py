"""The catalogue's pages: connections, templates, plans with their wizard, prices and delegation, terms, products."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from subscriptions.models import ApplicationTemplate, Plan, PlanCategory, Product, ServiceTerm
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.operator_panel.conftest import errors_of, text_of
from tests.vendors.conftest import admin, example, example_vendor  # noqa: F401 - fixtures for this module
from vendors.models import ConnectionState, VendorConnection

pytestmark = pytest.mark.django_db

SETTINGS = {
    "tenant_id": "contoso",
    "client_id": "app",
    "client_secret": "canary-7f3a",
    "agreement_type": "MicrosoftCustomerAgreement",
}


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def _connection(client: Client, **changed: str) -> VendorConnection:
    given = {"reseller": cast.operator().pk, "name": "Microsoft", **SETTINGS, **changed}
    answer = client.post(page("vendor_connection_new", "office365"), given)
    assert answer.status_code == 302, answer.context["form"].errors
    return VendorConnection.objects.get()


def test_connection_is_created_and_waits_for_its_grant(client: Client) -> None:
    made = _connection(client)
    said = text_of(client.get(page("vendor_connection", made.pk)))
    assert (made.state, "Grant permissions" in said, "Check now" in said) == (ConnectionState.NEW, True, False)


def test_connection_without_its_secret_is_refused_at_the_secret(client: Client) -> None:
    answer = client.post(
        page("vendor_connection_new", "office365"),
        {"reseller": cast.operator().pk, "name": "Microsoft", **SETTINGS, "client_secret": ""},
    )
    assert errors_of(answer) == {"client_secret": ["This field is required."]}
    assert 'value="contoso"' in answer.content.decode()


def test_connection_with_a_wrong_address_is_refused_at_the_address(client: Client) -> None:
    given = {"reseller": cast.operator().pk, "name": "Microsoft", **SETTINGS, "api_base_url": "nowhere"}
    answer = client.post(page("vendor_connection_new", "office365"), given)
    assert list(errors_of(answer)) == ["api_base_url"]


def test_secret_of_a_connection_is_never_shown_and_stays_when_left_empty(client: Client) -> None:
    made = _connection(client)
    address = page("vendor_connection_change", made.pk)
    pages = [client.get(address), client.get(page("vendor_connection", made.pk))]
    assert [answer.content.decode().count("canary-7f3a") for answer in pages] == [0, 0]
    before = made.secrets
    answer = client.post(address, {"name": "Microsoft US", **SETTINGS, "client_secret": ""})
    made.refresh_from_db()
    assert (answer.status_code, made.name, bool(made.secrets), bool(before)) == (302, "Microsoft US", True, True)
    answer = client.post(address, {"name": "", **SETTINGS, "client_secret": "canary-7f3a"})
    assert (answer.status_code, answer.content.decode().count("canary-7f3a")) == (422, 0)


def test_granted_connection_says_who_when_and_how_long(client: Client, administrator: User) -> None:
    made = _connection(client)
    now = make.noon(date.today())
    made.state, made.granted_by, made.granted_at = ConnectionState.GRANTED, administrator, now
    made.token_issued_at, made.token_expires_on = now, now + timedelta(days=90)
    made.details = {"company": "Contoso"}
    made.save()
    said = text_of(client.get(page("vendor_connection", made.pk)))
    assert f"Granted by {administrator.name}" in said
    assert "Days left 89" in said or "Days left 90" in said
    assert "Grant again" in said
    assert "Check now" in said
    made.token_expires_on = now + timedelta(days=5)
    made.save()
    assert "days are left: grant the permissions again before that." in text_of(
        client.get(page("vendor_connection", made.pk))
    )


def test_template_without_a_vendor_is_created(client: Client) -> None:
    answer = client.post(
        page("application_template_billed"), {"name": "Support", "resource_0": "Hours", "resource_1": "Visits"}
    )
    made = ApplicationTemplate.objects.get()
    assert answer.url == page("application_template", made.pk)
    assert [(one.key, one.name) for one in made.resources.order_by("pk")] == [("hours", "Hours"), ("visits", "Visits")]


def test_template_offers_the_catalogue_of_a_granted_connection(client: Client, example: VendorConnection) -> None:  # noqa: F811
    example.reseller, example.state = cast.operator(), ConnectionState.GRANTED
    example.save()
    address = page("application_template_new", example.pk)
    offered = dict(client.get(address).context["form"].fields["resources"].choices)
    chosen = sorted(offered)[0]
    answer = client.post(address, {"name": "Backup", "resources": [chosen]})
    made = ApplicationTemplate.objects.get()
    assert answer.url == page("application_template", made.pk)
    assert [one.vendor_reference for one in made.resources.all()] == [chosen]
    answer = client.post(page("application_template_change", made.pk), {"name": "Backup", "active": "on"})
    assert errors_of(answer) == {"resources": ["Choose at least one resource."]}


def test_template_over_a_connection_without_its_grant_is_refused(client: Client) -> None:
    made = _connection(client)
    assert "Not usable until the vendor grants the permissions: Microsoft" in text_of(
        client.get(page("application_template_create"))
    )
    answer = client.post(page("application_template_new", made.pk), {"name": "Office"})
    assert answer.status_code == 422
    assert ApplicationTemplate.objects.count() == 0


def test_template_of_a_taken_name_is_refused_at_the_name(client: Client, plan: Plan) -> None:
    answer = client.post(page("application_template_billed"), {"name": plan.template.name, "resource_0": "Seats"})
    assert list(errors_of(answer)) == ["name"]


# -- the wizard -------------------------------------------------------------------------------------------------------


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


# -- a plan -----------------------------------------------------------------------------------------------------------


def test_plan_is_changed_and_keeps_what_hangs_on_it(client: Client, plan: Plan) -> None:
    given = {"name": "Renamed", "subscription_name_template": "{{plan.name}}", "fixed_price": "on"}
    client.post(page("plan_change", plan.pk), given)
    plan.refresh_from_db()
    assert (plan.name, plan.fixed_price, plan.public) == ("Renamed", True, False)


def test_new_price_is_entered_from_a_day_on(client: Client, plan: Plan, today: date) -> None:
    resource = plan.resources.get()
    fees = {"recurring_fee": "15", "setup_fee": "0", "renewal_fee": "0"}
    address = page("plan_price", plan.pk, resource.pk)
    tomorrow = today + timedelta(days=1)
    assert client.post(address, {**fees, "valid_from": tomorrow.isoformat()}).status_code == 302
    newest = resource.prices.order_by("-pk").first()
    assert (newest.recurring_fee, newest.valid_from) == (Decimal(15), tomorrow)
    said = text_of(client.get(page("plan_resources", plan.pk)))
    assert "Price a month today $10.00" in said
    assert "to come" in said


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


def test_plan_is_delegated_with_its_prices_and_goes_out_of_sale_with_its_copies(client: Client, plan: Plan) -> None:
    north = cast.reseller(name="North")
    prices = {"prices.seats.retail": "11.00", "prices.seats.net_cost": "9.00"}
    answer = client.post(page("plan_delegate", plan.pk), {"reseller": north.pk, **prices})
    copy = Plan.objects.get(reseller=north)
    price = copy.resources.get().prices.get()
    assert (answer.url, price.recurring_fee, price.net_cost) == (
        page("plan_delegation", plan.pk), Decimal(11), Decimal(9),
    )  # fmt: skip
    client.post(page("plan_deactivate", plan.pk), {"confirmed": "yes"})
    copy.refresh_from_db()
    assert copy.status == "deactivated_by_provider"
    client.post(page("plan_activate", plan.pk), {"confirmed": "yes"})
    copy.refresh_from_db()
    assert copy.status == "active"


def test_negative_price_of_a_delegation_is_refused_at_the_price(client: Client, plan: Plan) -> None:
    prices = {"prices.seats.retail": "-1", "prices.seats.net_cost": "9.00"}
    answer = client.post(page("plan_delegate", plan.pk), {"reseller": cast.reseller().pk, **prices})
    assert list(errors_of(answer)) == ["prices.seats.retail"]


# -- terms, products --------------------------------------------------------------------------------------------------

TIMERS = {
    "billing_day": "5",
    "grace_period": "3",
    "stop_period": "",
    "auto_renew_point": "0",
    "manual_renew_point": "-1",
}


def test_service_terms_are_created_and_changed(client: Client) -> None:
    answer = client.post(page("service_term_create"), {"name": "Monthly", "key": "monthly", **TIMERS})
    made = ServiceTerm.objects.get()
    assert (answer.url, made.billing_day, made.stop_period) == (page("service_term", made.pk), 5, None)
    client.post(page("service_term_change", made.pk), {"name": "Monthly", **TIMERS, "billing_day": "7"})
    made.refresh_from_db()
    assert made.billing_day == 7


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"billing_day": "29"}, "billing_day"),
        ({"key": "taken"}, "key"),
        ({"grace_period": "9999"}, "grace_period"),
        ({"manual_renew_point": "-2"}, "manual_renew_point"),
    ],
)
def test_service_terms_are_refused_at_the_field(client: Client, changed: dict[str, str], field: str) -> None:
    client.post(page("service_term_create"), {"name": "First", "key": "taken", **TIMERS})
    answer = client.post(page("service_term_create"), {"name": "Second", "key": "second", **TIMERS, **changed})
    assert list(errors_of(answer)) == [field]


def test_products_and_categories_are_created(client: Client) -> None:
    client.post(page("product_create"), {"name": "Microsoft 365", "description": "Mail and more"})
    product = Product.objects.get()
    client.post(page("product", product.pk), {"name": "Microsoft 365 Business", "description": ""})
    product.refresh_from_db()
    assert product.name == "Microsoft 365 Business"
    client.post(page("plan_category_create"), {"name": "Office"})
    assert PlanCategory.objects.get().name == "Office"
    assert list(errors_of(client.post(page("plan_category_create"), {"name": "Office"}))) == ["name"]
