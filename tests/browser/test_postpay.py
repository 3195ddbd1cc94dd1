"""Postpay as people meet it: a customer orders without paying, does not pay the invoice, is Blocked, and pays."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from billing.engine.periods import next_billing_day
from billing.models import Invoice
from core.panel.formats import money_text
from subscriptions.models import Subscription, SubscriptionStatus
from subscriptions.night.renewals import run_billing_day
from tests.browser.conftest import Stage
from tests.browser.person import Person
from tests.factories import accounts as cast
from tests.factories import subscriptions as make


@pytest.mark.slow
@pytest.mark.browser
def test_a_postpay_customer_from_order_to_blocked_to_paid(stage: Stage, chromium: Browser) -> None:
    plan = make.plan(name="Backup")
    terms = cast.account_class(
        payment_model="postpay", subscription_credit_limit=Decimal(100), payment_expiration_days=10
    )
    account = cast.account(reseller=plan.reseller, account_class=terms, name="Acme")
    owner = cast.customer_user(account=account, language="en")
    billing_day = next_billing_day(timezone.localdate(), 1)
    with Person(chromium, stage.web, "en") as customer:
        customer.sign_in(owner.email, cast.PASSWORD)
        customer.go("customer:order_plan_details", plan.pk)
        customer.fill(**{"quantities.seats": 11})  # a month would cost 110.00
        customer.send()
        customer.sees("The credit limit of $100.00 is reached")
        customer.fill(**{"quantities.seats": 5})
        customer.send()
        customer.sees("Nothing is to be paid now")
        customer.send()
        customer.sees("Done: the service is ready.")
        subscription = Subscription.objects.get(account=account)
        run_billing_day(today=billing_day + timedelta(days=1))
        invoice = Invoice.objects.get(account=account)
        customer.go("customer:home")
        customer.sees(f"Pay {money_text(invoice.total, 'USD')} for rendered services")
        customer.go("customer:invoice", invoice.pk)
        customer.sees(invoice.number, invoice.payment.number)
        run_billing_day(today=billing_day + timedelta(days=11))
        customer.go("customer:subscription", subscription.pk)
        customer.sees_status(SubscriptionStatus.BLOCKED)
        customer.go("customer:payments")
        customer.press("Pay now (demo bank)")
        customer.sees(f"The demo bank has paid {invoice.payment.number}.")
        customer.go("customer:subscription", subscription.pk)
        customer.sees_status(SubscriptionStatus.ACTIVE)
        # The order above the limit is answered 422, which the browser notes.
        customer.troubles = [trouble for trouble in customer.troubles if "status of 422" not in trouble]
