"""Hand-over to the workers: one call each."""

from collections.abc import Iterator

import pytest
from celery import current_app
from django.utils import timezone

from billing.models import Charge
from subscriptions import tasks
from subscriptions.models import Plan, Subscription
from subscriptions.workers.provisioning import unfinished_work
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.vendors.example.vendor import ExampleVendor

pytestmark = pytest.mark.django_db


def test_the_night_is_run_for_today(plan: Plan) -> None:
    make.subscription(account=cast.account(), plan=plan, today=timezone.localdate().replace(year=2018, day=1))
    tasks.run_billing_day()
    assert Charge.objects.exclude(status="closed").count() == 0
    assert Subscription.objects.get().status == "stopped"


@pytest.fixture
def eager() -> Iterator[None]:
    """Tasks are carried out where they are queued."""
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


def test_the_sweep_hands_out_what_is_due(ordered: Subscription, example_vendor: ExampleVendor, eager: None) -> None:
    tasks.carry_on_provisioning()
    ordered.refresh_from_db()
    assert (ordered.status, len(example_vendor.services)) == ("active", 1)
    tasks.carry_on_provisioning()
    assert example_vendor.changing_calls == 1


def test_a_paid_order_is_handed_over_when_the_transaction_is_over(
    backup_plan: Plan, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    handed: list[str] = []
    monkeypatch.setattr(
        tasks.provision, "apply_async", lambda args=None, kwargs=None, **_: handed.append(kwargs["operation_id"])
    )
    with django_capture_on_commit_callbacks(execute=True):
        subscription = make.subscription(account=cast.account(), plan=backup_plan, today=make.EARLY)
    assert len(handed) == 1
    assert subscription.status == "installing"


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_is_down_does_not_undo_the_order(backup_plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_args: object, **_more: object) -> None:
        raise ConnectionError("no queue")

    monkeypatch.setattr(tasks.provision, "apply_async", down)
    subscription = make.subscription(account=cast.account(), plan=backup_plan, today=make.EARLY)
    assert subscription.status == "installing"
    assert len(unfinished_work(now=timezone.now())) == 1  # the next sweep finds it
