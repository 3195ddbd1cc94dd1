"""What both panels say to a postpay customer: nothing is to be paid now, what is owed, and when it is invoiced."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from billing.engine.periods import next_billing_day
from billing.models import Payment, PaymentKind, PaymentStatus
from subscriptions.models import Order, Subscription
from tests.browsing import form_of
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.operator_panel.conftest import signed_in, text_of

pytestmark = pytest.mark.django_db
PREPAY = ("To be paid", "to be paid", "eserved", "choose how to pay", "Pay from the balance", "released")


@pytest.fixture
def account() -> Account:
    terms = cast.account_class(payment_model="postpay", subscription_credit_limit=Decimal(100))
    return cast.account(account_class=terms, name="Acme", primary_name="Acme")


@pytest.fixture
def today() -> date:
    return timezone.localdate()


def said(answer: object) -> str:
    text = text_of(answer)
    wrong = [word for word in PREPAY if word in text.replace("Nothing is to be paid now", "")]
    assert wrong == [], (wrong, text)
    return text


def test_order_raise_and_stop_of_both_panels(account: Account, today: date) -> None:
    plan = make.plan(name="Backup")
    customer, manager = signed_in(cast.customer_user(account=account)), signed_in(cast.manager())
    answers = {"period": plan.periods.get().pk, "quantities.seats": 5}
    asked = reverse("operator:account_order_plan", args=[account.pk, plan.pk])
    assert "Nothing is to be paid now" in said(manager.post(asked, {**answers, "key": "k", "name": ""}))
    checked = customer.get(reverse("customer:order_plan_check", args=[plan.pk]), answers)
    invoiced = next_billing_day(today, 1) + timedelta(days=1)
    assert checked.context["shown"].invoiced_on == invoiced
    assert "Current debt afterwards, of at most $100.00" in said(checked)
    form_of(checked, holding="key").send(customer)
    order = Order.objects.get(account=account)
    assert "Confirmed on" in said(customer.get(reverse("customer:subscription_order", args=[order.pk])))
    assert "Confirmed on" in said(manager.get(reverse("operator:order", args=[order.pk])))
    said(customer.get(reverse("customer:subscription", args=[order.subscription_id])))
    said(customer.get(reverse("customer:home")))
    for browser, panel in ((customer, "customer"), (manager, "operator")):
        change = reverse(f"{panel}:subscription_change", args=[order.subscription_id])
        form = form_of(browser.get(change), holding="quantities.seats")
        assert "pay_from_balance" in form.values  # carried along, and asked of nobody
        assert "Nothing is to be paid now" in said(form.send(browser, **{"quantities.seats": 6}))
        stop = reverse(f"{panel}:subscription_stop", args=[order.subscription_id])
        said(browser.post(stop, {"comment": ""}))


def test_a_renewal_that_waits_is_confirmed_by_hand(account: Account, today: date) -> None:
    make.order(account=account, plan=make.plan(months=1, billing_type="csp_annual"), today=today)
    row = Subscription.objects.get(account=account)
    order = Order.objects.create(
        account=account, reseller_id=account.reseller_id, subscription=row, type="renewal", currency="USD",
        status="waiting_for_payment", placed_on=today, total=Decimal(1),
    )  # fmt: skip
    customer, manager = signed_in(cast.customer_user(account=account)), signed_in(cast.manager())
    assert "Confirm the order" in said(customer.get(reverse("customer:subscription_order", args=[order.pk])))
    assert "waits to be confirmed" in said(customer.get(reverse("customer:subscription", args=[row.pk])))
    assert "Confirm the order" in said(manager.get(reverse("operator:order", args=[order.pk])))


def test_what_is_overdue_is_still_asked_for_and_can_be_paid(account: Account, today: date) -> None:
    customer: Client = signed_in(cast.customer_user(account=account))
    owed = Payment.opened(
        PaymentKind.RENDERED_SERVICES, account, Decimal("26.12"), today, due_on=today, expires_on=today,
        status=PaymentStatus.EXPIRED,
    )  # fmt: skip
    payments = customer.get(reverse("customer:payments"))
    assert list(payments.context["waiting"]) == [owed]
    assert "Cancel the payment" not in text_of(payments)
    assert "It is overdue" in text_of(customer.get(reverse("customer:home")))
    manager = signed_in(cast.manager())
    page = manager.get(reverse("operator:payment", args=[owed.pk])).context["page"]
    assert "Approve" in [str(button.label) for button in page.buttons]
