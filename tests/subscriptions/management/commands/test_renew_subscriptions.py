"""manage.py renew_subscriptions: the night by hand."""

import io
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Account
from billing.models import Charge
from subscriptions.models import Plan
from subscriptions.night import renewals
from tests.factories import subscriptions as make
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db


def test_the_billing_days_up_to_a_day_are_carried_out(acme: Account, plan: Plan) -> None:
    make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    said = io.StringIO()
    call_command("renew_subscriptions", day=date(2018, 9, 1), stdout=said)
    assert said.getvalue() == "1 accounts, 1 steps\n"
    assert Charge.objects.get().status == "closed"


def test_accounts_that_fail_are_named(acme: Account, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    make.subscription(account=acme, plan=plan, today=ORDERED_ON)

    def fails(*_arguments: object) -> int:
        raise LookupError("no price")

    monkeypatch.setattr(renewals, "_carry_out_day", fails)
    with pytest.raises(CommandError, match=rf"these accounts failed \(see the log\): \[{acme.pk}\]"):
        call_command("renew_subscriptions", day=date(2018, 9, 1), stdout=io.StringIO())
