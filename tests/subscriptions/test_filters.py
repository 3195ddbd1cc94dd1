"""What subscriptions, orders, plans and templates are filtered by, and that no choice shows another's objects."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.http import QueryDict
from django.utils.http import urlencode
from django_filters import FilterSet

from accounts.actors import Actor
from accounts.models import Account
from subscriptions.filters import ApplicationTemplateFilter, OrderFilter, PlanFilter, SubscriptionFilter
from subscriptions.models import ApplicationTemplate, Order, Plan, PlanCategory, PlanPeriod, Product, Subscription
from tests.factories import accounts as people
from tests.operator_panel.lists import rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> people.Cast:
    return people.cast()


@pytest.fixture
def actor(cast: people.Cast) -> Actor:
    return people.manager_actor(reseller=cast.north)


def filters(filterset: type[FilterSet], actor: Actor, **data: object) -> FilterSet:
    rows_of = filterset._meta.model.objects.order_by("pk")
    return filterset(QueryDict(urlencode(data)), queryset=rows_of, request=SimpleNamespace(actor=actor))


def names(filterset: type[FilterSet], actor: Actor, **data: object) -> list[str]:
    chosen = filters(filterset, actor, **data)
    assert chosen.is_valid(), chosen.errors
    return [row.name for row in chosen.qs]


@pytest.fixture
def two(cast: people.Cast) -> tuple[Subscription, Subscription]:
    """Small Mail of Acme, and Big Backup of a customer below, which ends."""
    small = rows.subscription(account=cast.acme, name="Small Mail", quantity=1, start_date=date(2026, 1, 10))
    bolt = people.account(reseller=cast.north_east, name="Bolt Works", currency="EUR")
    big = rows.subscription(
        account=bolt, name="Big Backup", plan_name="Backup", quantity=50, trial=True, individual_price=True,
        status="stopped", stop_reason="manual", start_date=date(2026, 2, 10),
        next_billing_day=date(2026, 3, 1), expiration_date=date(2026, 12, 31),
    )  # fmt: skip
    big.period = PlanPeriod.objects.create(plan=big.plan, duration=1, unit="year")
    big.save()
    return small, big


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({}, ["Small Mail", "Big Backup"]),
        ({"name": "mail small"}, ["Small Mail"]),
        ({"name": "ail"}, []),
        ({"name": "Mail Big"}, []),
        ({"name": " … "}, ["Small Mail", "Big Backup"]),
        ({"account": "WORKS"}, ["Big Backup"]),
        ({"plan": "backup"}, ["Big Backup"]),
        ({"status": "stopped"}, ["Big Backup"]),
        ({"status": "stopped,active"}, ["Small Mail", "Big Backup"]),
        ({"stop_reason": "manual"}, ["Big Backup"]),
        ({"quantity_min": 1, "quantity_max": 49}, ["Small Mail"]),
        ({"trial": "true"}, ["Big Backup"]),
        ({"individual_price": "false"}, ["Small Mail"]),
        ({"endless": "true"}, ["Small Mail"]),
        ({"endless": "false"}, ["Big Backup"]),
        ({"currency": "eur"}, ["Big Backup"]),
        ({"currency": "usd, eur"}, ["Small Mail", "Big Backup"]),
        ({"created_at_after": "2100-01-01"}, []),
    ],
)
def test_subscriptions(two: tuple, actor: Actor, data: dict[str, object], found: list[str]) -> None:
    assert names(SubscriptionFilter, actor, **data) == found


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"start_date_after": "2026-01-10", "start_date_before": "2026-02-09"}, ["Small Mail"]),
        ({"start_date_after": "2026-01-11", "start_date_before": "2026-02-10"}, ["Big Backup"]),
        # Days that are empty lie in no span, an open one neither.
        ({"expiration_date_after": "2026-01-01"}, ["Big Backup"]),
        ({"next_billing_day_before": "2026-02-28"}, []),
        ({"next_billing_day_before": "2026-03-01"}, ["Big Backup"]),
    ],
)
def test_days_include_both_ends_and_nothing_empty(two: tuple, actor: Actor, data: dict, found: list[str]) -> None:
    assert names(SubscriptionFilter, actor, **data) == found


def test_subscriptions_of_what_they_refer_to(two: tuple[Subscription, Subscription], actor: Actor) -> None:
    big = two[1]
    category = PlanCategory.objects.create(reseller=big.reseller, name="Safety")
    product = Product.objects.create(reseller=big.reseller, name="Copies")
    Plan.objects.filter(pk=big.plan_id).update(category=category, product=product)
    for data in (
        {"id": big.pk},
        {"account_id": big.account_id},
        {"plan_id": big.plan_id},
        {"plan": big.plan_id},
        {"reseller": big.reseller_id},
        {"category": category.pk},
        {"product": product.pk},
    ):
        assert names(SubscriptionFilter, actor, **data) == ["Big Backup"], data


def test_a_reseller_means_all_below_it_too(two: tuple, cast: people.Cast, actor: Actor) -> None:
    assert names(SubscriptionFilter, actor, reseller=cast.north.pk) == ["Small Mail", "Big Backup"]
    assert names(SubscriptionFilter, actor, reseller=cast.north_east.pk) == ["Big Backup"]


@pytest.mark.parametrize("name", ["reseller", "category", "product", "manager"])
def test_what_is_not_seen_is_no_choice(cast: people.Cast, actor: Actor, name: str) -> None:
    foreign = {
        "reseller": lambda: cast.south,
        "category": lambda: PlanCategory.objects.create(reseller=cast.south, name="Theirs"),
        "product": lambda: Product.objects.create(reseller=cast.south, name="Theirs"),
        "manager": lambda: people.manager(reseller=cast.south),
    }[name]()
    chosen = filters(SubscriptionFilter, actor, **{name: foreign.pk})
    assert (chosen.is_valid(), list(chosen.errors)) == (False, [name])


def test_plans_of_another_part_of_the_tree_are_not_found_by_name(cast: people.Cast, actor: Actor) -> None:
    foreign = rows.subscription(account=people.account(reseller=cast.south), plan_name="Southern", name="Theirs")
    assert names(SubscriptionFilter, actor, plan="southern") == []
    assert names(SubscriptionFilter, people.manager_actor(), plan="southern") == [foreign.name]


def ordered(account: Account, total: str, **fields: object) -> Order:
    subscription = rows.subscription(account=account)
    defaults = {"type": "sales", "status": "completed", "currency": "USD", "placed_on": date(2026, 1, 10)}
    return Order.objects.create(
        account=account, reseller=account.reseller, subscription=subscription, total=total, **{**defaults, **fields}
    )


def test_orders(cast: people.Cast, actor: Actor) -> None:
    first = ordered(cast.acme, "10.00")
    bolt = people.account(reseller=cast.north_east, name="Bolt")
    second = ordered(
        bolt, "99.50", type="change", status="cancelled", placed_on=date(2026, 2, 1), closed_on=date(2026, 2, 2),
        created_by=actor.user,
    )  # fmt: skip
    for data in (
        {"id": second.pk},
        {"account": "bolt"},
        {"account_id": bolt.pk},
        {"subscription_id": second.subscription_id},
        {"reseller": cast.north_east.pk},
        {"type": "change"},
        {"status": "cancelled,provisioning"},
        {"total_min": "10.01", "total_max": "99.50"},
        {"placed_on_after": "2026-02-01", "placed_on_before": "2026-02-01"},
        {"closed_on_after": "2026-01-01"},
        {"created_by": actor.user.pk},
    ):
        assert list(filters(OrderFilter, actor, **data).qs) == [second], data
    assert list(filters(OrderFilter, actor, reseller=cast.north.pk).qs) == [first, second]


def test_plans(cast: people.Cast, actor: Actor) -> None:
    own = rows.plan(reseller=cast.north, name="Mail")
    sold = rows.plan(reseller=cast.north_east, name="Backup")
    category = PlanCategory.objects.create(reseller=cast.north, name="Safety")
    product = Product.objects.create(reseller=cast.north, name="Copies")
    Plan.objects.filter(pk=sold.pk).update(
        sku="BK-1", status="inactive", category=category, product=product, parent=own, public=False, singleton=True,
        currency="EUR",
    )  # fmt: skip
    Plan.objects.filter(pk=own.pk).update(public=True, status="active")
    for data in (
        {"id": sold.pk},
        {"name": "ACK"},
        {"sku": "bk"},
        {"reseller": cast.north_east.pk},
        {"status": "inactive"},
        {"category": category.pk},
        {"product": product.pk},
        {"delegated": "true"},
        {"public": "false"},
        {"singleton": "true"},
        {"currency": "eur"},
    ):
        assert names(PlanFilter, actor, **data) == ["Backup"], data
    assert names(PlanFilter, actor, delegated="false") == ["Mail"]


def test_templates(cast: people.Cast, actor: Actor) -> None:
    for seller, name, status in ((cast.north, "Mail", "active"), (cast.north_east, "Backup", "inactive")):
        ApplicationTemplate.objects.create(reseller=seller, name=name, status=status)
    for data in ({"name": "ackup"}, {"reseller": cast.north_east.pk}, {"status": "inactive"}):
        assert names(ApplicationTemplateFilter, actor, **data) == ["Backup"], data


@pytest.mark.parametrize(
    ("filterset", "data"),
    [
        (SubscriptionFilter, {"status": "asleep"}),
        (SubscriptionFilter, {"id": "first"}),
        (SubscriptionFilter, {"start_date_after": "yesterday"}),
        (OrderFilter, {"total_min": "much"}),
        (PlanFilter, {"billing_type": "weekly"}),
        (ApplicationTemplateFilter, {"status": "asleep"}),
    ],
)
def test_what_is_no_value_is_refused(actor: Actor, filterset: type[FilterSet], data: dict[str, str]) -> None:
    assert not filters(filterset, actor, **data).is_valid()
