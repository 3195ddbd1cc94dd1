"""Application templates, over granted connections only."""

import pytest

from accounts.actors import SYSTEM, Actor, Forbidden
from accounts.models import Role
from subscriptions.catalogue.reach import NameTaken
from subscriptions.catalogue.templates import (
    ConnectionNotUsable,
    ResourceNotAllowed,
    Sold,
    change_template,
    create_template,
)
from subscriptions.models import ApplicationTemplate
from tests.factories import accounts as people
from tests.factories import subscriptions as make
from vendors.models import ConnectionState, VendorConnection

pytestmark = pytest.mark.django_db
SEATS = Sold(key="seats", name="Seats", vendor_reference="backup", vendor_minimum=1, vendor_maximum=300)


def test_a_template_keeps_its_resources(cast: people.Cast, owner: Actor, template: ApplicationTemplate) -> None:
    assert (template.plugin, template.connection) == ("", None)
    assert [resource.key for resource in template.resources.order_by("pk")] == ["seats", "disks"]


@pytest.mark.parametrize("state", [state for state in ConnectionState.values if state != ConnectionState.GRANTED])
def test_a_connection_that_is_not_granted_is_refused(example: VendorConnection, state: str) -> None:
    """CR-499: the settings are usable in a template only when granted."""
    example.state = state
    example.save(update_fields=["state"])
    with pytest.raises(ConnectionNotUsable) as refusal:
        create_template(actor=SYSTEM, reseller=example.reseller, name="Backup", connection=example, resources=[SEATS])
    assert refusal.value.field == "connection"
    assert "Backup" in str(refusal.value)


def test_a_granted_connection_is_used(example: VendorConnection) -> None:
    example.state = ConnectionState.GRANTED
    example.save(update_fields=["state"])
    template = create_template(
        actor=SYSTEM,
        reseller=example.reseller,
        name="Backup",
        connection=example,
        resources=[SEATS],
        settings={"approval": "yes"},
    )
    kept = {"approval": "yes", "seats_change": ""}
    assert (template.plugin, template.connection, template.settings) == ("example", example, kept)


def test_a_connection_of_another_reseller_is_refused(cast: people.Cast, example: VendorConnection) -> None:
    example.state = ConnectionState.GRANTED
    example.save(update_fields=["state"])
    with pytest.raises(ConnectionNotUsable):
        create_template(actor=SYSTEM, reseller=cast.north, name="Backup", connection=example, resources=[SEATS])


@pytest.mark.parametrize(
    "resources",
    [
        [],
        [SEATS, SEATS],
        [Sold(key="Seats!", name="Seats")],
        [Sold(key="seats", name=" ")],
        [Sold(key="seats", name="Seats", vendor_minimum=5, vendor_maximum=4)],
    ],
)
def test_resources_are_described_well(cast: people.Cast, owner: Actor, resources: list[Sold]) -> None:
    with pytest.raises(ResourceNotAllowed):
        create_template(actor=owner, reseller=cast.north, name="Office", connection=None, resources=resources)


def test_a_template_is_changed(owner: Actor, template: ApplicationTemplate) -> None:
    resources = [Sold(key="seats", name="Places", vendor_maximum=10), Sold(key="boxes", name="Boxes")]
    change_template(
        actor=owner,
        template=template,
        name="Office 2",
        description="new",
        settings={},
        resources=resources,
        active=False,
    )
    template.refresh_from_db()
    assert (template.name, template.status) == ("Office 2", "inactive")
    assert [(r.key, r.name) for r in template.resources.order_by("pk")] == [("seats", "Places"), ("boxes", "Boxes")]


def test_what_plans_sell_stays(cast: people.Cast) -> None:
    plan = make.plan(reseller=cast.north)
    with pytest.raises(ResourceNotAllowed):
        change_template(
            actor=SYSTEM,
            template=plan.template,
            name="Other",
            description="",
            settings={},
            resources=[Sold(key="boxes", name="Boxes")],
        )


def test_names_and_rights(cast: people.Cast, owner: Actor, template: ApplicationTemplate) -> None:
    with pytest.raises(NameTaken):
        create_template(actor=owner, reseller=cast.north, name="Office", connection=None, resources=[SEATS])
    for stranger in (
        people.manager_actor(reseller=cast.south),
        people.manager_actor(reseller=cast.north, role=Role.SALES),
        people.manager_actor(reseller=cast.north, role=Role.MARKETING),
    ):
        with pytest.raises(Forbidden):
            create_template(actor=stranger, reseller=cast.north, name="New", connection=None, resources=[SEATS])
