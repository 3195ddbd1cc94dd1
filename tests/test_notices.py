"""What a vendor wants known before an action is said once on the way to it, in both panels."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLevel, Account
from subscriptions.models import Plan, Subscription
from tests.factories import accounts as cast
from tests.factories import billing as money
from tests.factories import subscriptions as make
from tests.subscriptions.conftest import acme, backup_plan, work  # noqa: F401  # fixtures
from tests.vendors.conftest import admin, example, example_vendor  # noqa: F401  # fixtures
from vendors.registry import plugin_for

pytestmark = pytest.mark.django_db
NOTICE = "Takes effect at the vendor tomorrow."
Way = Callable[[SimpleNamespace], tuple[str, dict[str, object]]]


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def sold(acme: Account, backup_plan: Plan, today: date, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:  # noqa: F811 - the fixture imported above
    """A running subscription over a vendor that has something to say before each action."""
    monkeypatch.setattr(type(plugin_for("example")), "notices", lambda _self, _action: (NOTICE,))
    money.top_up(account=acme, amount="500.00", today=today)
    subscription: Subscription = make.subscription(account=acme, plan=backup_plan, today=today)
    work(today)
    return SimpleNamespace(subscription=subscription, plan=backup_plan, account=acme)


def changed(panel: str) -> Way:
    return lambda of: (
        reverse(f"{panel}:subscription_change", args=[of.subscription.pk]),
        {"quantities.seats": 8, "pay_from_balance": "on", "key": "a"},
    )


def ordered(page: str) -> Way:
    def way(of: SimpleNamespace) -> tuple[str, dict[str, object]]:
        args = [of.plan.pk] if page.startswith("customer:") else [of.account.pk, of.plan.pk]
        given = {"period": of.plan.periods.get().pk, "quantities.seats": 5, "key": "a"}
        return reverse(page, args=args), given

    return way


@pytest.mark.parametrize(
    ("manager", "way"),
    [
        (False, changed("customer")),
        (True, changed("operator")),
        (True, ordered("operator:account_order_plan")),
    ],
    ids=["customer changes", "operator changes", "operator orders"],
)
def test_a_notice_stands_where_the_questions_are_and_not_again(sold: SimpleNamespace, manager: bool, way: Way) -> None:
    """Seen before issue 7: on the questions, and once more on the confirmation."""
    client = Client()
    client.force_login(cast.manager() if manager else cast.customer_user(account=sold.account, access_level="owner"))
    address, given = way(sold)
    asked, shown = client.get(address).content.decode(), client.post(address, given)
    assert shown.status_code == 200
    assert "confirmed" in shown.content.decode()
    assert [asked.count(NOTICE), shown.content.decode().count(NOTICE)] == [1, 0]


def test_a_notice_before_an_order_stands_with_the_questions(sold: SimpleNamespace) -> None:
    client = Client()
    client.force_login(cast.customer_user(account=sold.account, access_level=AccessLevel.OWNER))
    given = {"period": sold.plan.periods.get().pk, "quantities.seats": 5}
    asked = client.get(reverse("customer:order_plan_details", args=[sold.plan.pk])).content.decode()
    shown = client.get(reverse("customer:order_plan_check", args=[sold.plan.pk]), given)
    assert shown.status_code == 200
    assert "form_key" in shown.content.decode()
    assert [asked.count(NOTICE), shown.content.decode().count(NOTICE)] == [1, 0]
