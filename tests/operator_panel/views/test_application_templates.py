"""Application templates: over no vendor, or out of the catalogue of a granted connection."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor, actor_of
from accounts.models import User
from subscriptions.models import ApplicationTemplate, Plan
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.operator_panel.conftest import errors_of, text_of
from tests.vendors.consenting import consent
from vendors.connections import add_connection
from vendors.models import ConnectionState, VendorConnection

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def test_template_without_a_vendor_is_created(client: Client) -> None:
    answer = client.post(
        page("application_template_billed"), {"name": "Support", "resource_0": "Hours", "resource_1": "Visits"}
    )
    made = ApplicationTemplate.objects.get()
    assert answer.url == page("application_template", made.pk)
    assert [(one.key, one.name) for one in made.resources.order_by("pk")] == [("hours", "Hours"), ("visits", "Visits")]


def test_what_a_form_does_not_ask_of_a_resource_stays(client: Client) -> None:
    """The unit that the API gave, and the id of a resource that plans sell."""
    template = make.plan().template
    template.resources.update(unit="GB", vendor_reference="backup")
    answer = client.post(
        page("application_template_change", template.pk), {"name": "Renamed", "active": "on", "resource_0": "Storage"}
    )
    assert answer.status_code == 302
    kept = template.resources.get()
    assert (kept.name, kept.unit, kept.vendor_reference) == ("Storage", "GB", "backup")


def test_template_offers_the_catalogue_of_a_granted_connection(client: Client, example: VendorConnection) -> None:
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


def test_template_over_a_connection_without_its_grant_is_refused(client: Client, administrator: User) -> None:
    made = add_connection(
        actor=actor_of(administrator),
        reseller=administrator.reseller,
        plugin="office365",
        name="Microsoft",
        values={"tenant_id": "t", "client_id": "c", "client_secret": "s"},
    )
    assert "Not usable yet; open it, and have it granted or check it: Microsoft" in text_of(
        client.get(page("application_template_create"))
    )
    answer = client.post(page("application_template_new", made.pk), {"name": "Office"})
    assert answer.status_code == 422
    assert ApplicationTemplate.objects.count() == 0


def test_template_of_a_taken_name_is_refused_at_the_name(client: Client, plan: Plan) -> None:
    answer = client.post(page("application_template_billed"), {"name": plan.template.name, "resource_0": "Seats"})
    assert list(errors_of(answer)) == ["name"]


def test_term_that_the_vendor_does_not_sell_is_refused_at_its_field_unless_it_cannot_be_asked(
    client: Client,
    admin: Actor,
    office365: VendorConnection,
) -> None:
    consent(admin, office365, timezone.now())
    address = page("application_template_new", office365.pk)
    labels = dict(client.get(address).context["form"].fields["resources"].choices)
    item = "CFQ7TTC0LCHC:0002"
    assert labels[item].startswith("Microsoft 365 Business Premium (New commerce, 1 to 300 units, one month, one year")
    answers = {"name": "Premium", "resources": [item], "options.term_duration": "P3Y"}
    refused = client.post(address, answers)
    assert list(errors_of(refused)) == ["options.term_duration"]
    assert "P1M monthly, P1Y monthly, P1Y annual" in text_of(refused)
    client.post(address, {**answers, "options.term_duration": "P1Y"})
    made = ApplicationTemplate.objects.get()
    assert (made.settings["term_duration"], made.settings["end_of_term"]) == ("P1Y", "renews")
    change = page("application_template_change", made.pk)
    kept = {**answers, "active": "on", "options.end_of_term": "ends"}
    assert list(errors_of(client.post(change, kept))) == ["options.term_duration"]
    VendorConnection.objects.update(state=ConnectionState.REGRANT_NEEDED)
    assert client.post(change, kept).status_code == 302
    made.refresh_from_db()
    assert (made.settings["term_duration"], made.settings["end_of_term"]) == ("P3Y", "ends")
