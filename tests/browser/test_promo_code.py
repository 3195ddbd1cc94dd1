"""A promo code as people meet it: a customer types it, sees what it takes off, and pays that much less."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from billing.models import Charge
from subscriptions.models import Order, SubscriptionStatus
from tests.browser.conftest import Stage
from tests.browser.person import Person
from tests.factories import accounts as cast
from tests.factories import discounts as grant
from tests.factories import subscriptions as make
from tests.factories.billing import top_up


@pytest.mark.slow
@pytest.mark.browser
def test_a_promo_code_takes_off_what_it_showed(stage: Stage, chromium: Browser) -> None:
    today = timezone.localdate()
    plan = make.plan(name="Backup")
    grant.promo_code("SUMMER", "10", name="Summer")
    account = cast.account(reseller=plan.reseller, name="Acme")
    owner = cast.customer_user(account=account, language="en")
    top_up(account=account, amount="500", today=today - timedelta(days=1))
    with Person(chromium, stage.web, "en") as customer:
        customer.sign_in(owner.email, cast.PASSWORD)
        customer.go("customer:order_plan_details", plan.pk)
        customer.fill(**{"quantities.seats": 5, "promo_code": "WINTER"})
        customer.send()
        customer.sees("There is no promo code “WINTER”. Check its spelling.")
        customer.fill(promo_code="summer")
        customer.send()
        customer.sees("The discount “Summer” takes off")
        customer.send()
        customer.page.locator("form[action$='/pay/'] button").click()
        order = Order.objects.get(account=account)
        customer.go("customer:subscription", order.subscription_id)
        customer.sees_status(SubscriptionStatus.ACTIVE)
        # The code that is not there is answered 422, which the browser notes.
        customer.troubles = [trouble for trouble in customer.troubles if "status of 422" not in trouble]
    charge = Charge.objects.get(account=account)
    assert charge.discount_rate == Decimal("0.1")
    assert charge.amount == order.total
    assert charge.discount == order.discount > 0
