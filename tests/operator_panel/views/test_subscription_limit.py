"""The form of a subscription's own credit limit, and its button in postpay only."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from subscriptions.models import Subscription
from tests.browsing import form_of
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.operator_panel.conftest import errors_of, text_of
from tests.operator_panel.views.test_subscription_operations import page

pytestmark = pytest.mark.django_db


def test_the_limit_is_set_refused_and_emptied_again(client: Client, today: date) -> None:
    terms = cast.account_class(payment_model="postpay", subscription_credit_limit=Decimal(100))
    account = cast.account(account_class=terms)
    make.order(account=account, plan=make.plan(), today=today)
    row = Subscription.objects.get(account=account)
    there = client.get(page("subscription", row.pk))
    assert "Credit limit" in [str(button.label) for button in there.context["page"].buttons]
    assert "$100.00" in text_of(there)
    asked = client.get(page("subscription_limit", row.pk))
    assert "Empty: as its account says, which is $100.00." in text_of(asked)
    form = form_of(asked, holding="subscription_credit_limit")
    assert "subscription_credit_limit" in errors_of(form.send(client, subscription_credit_limit="-5"))
    for value, kept in (("60.00", Decimal(60)), ("", None)):
        form = form_of(client.get(page("subscription_limit", row.pk)), holding="subscription_credit_limit")
        assert form.send(client, subscription_credit_limit=value).status_code == 302
        row.refresh_from_db()
        assert row.subscription_credit_limit == kept


def test_prepay_has_no_such_button(client: Client, subscription: Subscription) -> None:
    buttons = client.get(page("subscription", subscription.pk)).context["page"].buttons
    assert "Credit limit" not in [str(button.label) for button in buttons]
    there = client.get(page("subscription_limit", subscription.pk))
    assert (there.context["read_only"], "paid for in advance" in text_of(there)) == (True, True)
