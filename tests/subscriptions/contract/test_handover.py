"""What the vendor is asked to do, in plain values."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.models import Account
from subscriptions.contract.due import STABLE
from subscriptions.contract.handover import (
    WORK_FAILED,
    WORK_MEANWHILE,
    ResourceNotInTemplate,
    held_units,
    order_payload,
    service_payload,
    start_of,
)
from subscriptions.models import Plan, Subscription, SubscriptionStatus
from subscriptions.people.stopping import activate, stop
from tests.factories import subscriptions as make
from tests.subscriptions.conftest import ORDERED_ON, change, work
from vendors import registry
from vendors.base import Order as VendorOrder
from vendors.base import Service
from vendors.models import VendorConnection, VendorOperation

pytestmark = pytest.mark.django_db


def test_every_status_is_stable_or_the_vendors_or_final() -> None:
    assert {*STABLE, *WORK_MEANWHILE, *WORK_FAILED, SubscriptionStatus.DELETED} == set(SubscriptionStatus)


def test_the_payload_is_what_plugins_read(ordered: Subscription) -> None:
    operation = VendorOperation.objects.get()
    order = VendorOrder.from_payload(operation.key, operation.payload)
    assert (order.label, order.resources["seats"].offer, order.resources["seats"].quantity) == (
        ordered.name,
        "backup",
        5,
    )
    assert operation.service == f"subscription:{ordered.pk}"
    assert operation.next_attempt_at == start_of(ORDERED_ON)


def test_a_change_says_what_is_and_what_shall_be(running: Subscription) -> None:
    change(running, 2, date(2018, 8, 25))
    operation = VendorOperation.objects.get(action="change")
    assert Service.from_payload(operation.payload["service"]).resources["seats"].quantity == 5
    assert operation.payload["quantities"] == {"seats": 2}
    assert operation.key == f"order:{running.orders.latest('pk').pk}:change"


def test_a_second_stop_is_another_operation(running: Subscription) -> None:
    day = date(2018, 8, 25)
    for verb in (stop, activate, stop):
        verb(actor=SYSTEM, subscription=running, today=day)
        work(day)
    keys = VendorOperation.objects.filter(subject=f"subscription:{running.pk}").order_by("created_at")
    assert [operation.key for operation in keys] == [
        f"subscription:{running.pk}:suspend:2018-08-25:1",
        f"subscription:{running.pk}:resume:2018-08-25:2",
        f"subscription:{running.pk}:suspend:2018-08-25:3",
    ]


def test_a_plan_without_a_vendor_plans_nothing(acme: Account, plan: Plan) -> None:
    subscription = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    assert (subscription.status, VendorOperation.objects.count()) == ("active", 0)
    assert held_units(subscription) == {"seats": 5}
    assert service_payload(subscription, {"seats": 5})["resources"] == {"seats": {"offer": "backup", "quantity": 5}}


@override_settings(TIME_ZONE="Europe/Minsk")
def test_a_day_begins_in_the_operators_time_zone() -> None:
    with timezone.override("Europe/Minsk"):
        assert start_of(date(2018, 8, 20)) == datetime(2018, 8, 20, tzinfo=ZoneInfo("Europe/Minsk"))


def test_a_resource_that_the_template_has_no_more_is_refused_by_its_name(acme: Account, plan: Plan) -> None:
    subscription = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    with pytest.raises(ResourceNotInTemplate, match="“disks”"):
        service_payload(subscription, {"seats": 2, "disks": 1})


def test_account_is_known_by_its_own_ids_and_to_the_plugins_of_one_family(
    acme: Account, backup_plan: Plan, running: Subscription
) -> None:
    """Every id of the newest service came with an order before, those of that very service among them."""
    running.vendor_ids = {"service_id": "1", "tenant_id": "t-1"}
    running.save(update_fields=["vendor_ids"])
    kind = type(registry.plugin_for("example"))
    family = {"family": "backups", "account_ids": frozenset({"tenant_id"})}
    registry._plugins["example"] = type("Familiar", (kind,), family)()
    registry._plugins["sister"] = type("Sister", (kind,), {"slug": "sister", **family})()
    registry._plugins["stranger"] = type("Stranger", (kind,), {"slug": "stranger", **family, "family": "other"})()
    template = backup_plan.template
    known = {}
    for slug in ("example", "sister", "stranger"):
        if slug != "example":
            template.connection = VendorConnection.objects.create(
                reseller=template.connection.reseller, plugin=slug, name=slug
            )
        payload = order_payload(label="A", account=acme, template=template, quantities={}, answers={})
        known[slug] = payload["vendor_ids"]
    assert known == {"example": {"tenant_id": "t-1"}, "sister": {"tenant_id": "t-1"}, "stranger": {}}


def test_vendor_is_told_the_term_and_what_it_told_itself(running: Subscription) -> None:
    running.attributes = {"state": {"label": "State", "value": "issued"}}
    payload = service_payload(running, {"seats": 5})
    assert payload["term"] == {"months": None, "trial": False, "expires_on": None}
    assert payload["facts"] == {"state": "issued"}
