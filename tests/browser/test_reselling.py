"""Reselling as people meet it: many prices change and are taken back, and nobody sees what another level earns."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page

from accounts.actors import SYSTEM
from billing.engine.periods import next_billing_day
from billing.models import ResellerCharge
from core.panel.formats import day_text
from subscriptions.catalogue.delegation import Terms, delegate_plan
from subscriptions.contract.prices import prices_on
from subscriptions.models import Plan, PriceChange, PriceChangeStatus
from subscriptions.night.renewals import renew_accounts
from tests.browser.conftest import Stage
from tests.browser.person import Person
from tests.browser.shown import BEYOND_THE_EDGE, PHONE
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def _price(plan: Plan, day: date) -> Decimal:
    seats = plan.resources.get().pk
    return prices_on([seats], day)[seats].recurring_fee


def test_many_prices_change_after_they_were_shown_and_are_taken_back(stage: Stage, chromium: Browser) -> None:
    today = timezone.localdate()
    tomorrow = today + timedelta(days=1)
    plan = make.plan(name="Backup")
    make.subscription(account=cast.account(reseller=plan.reseller, name="Acme"), plan=plan, today=today)
    manager = cast.manager(reseller=plan.reseller, language="en")
    with Person(chromium, stage.web, "en") as person:
        person.sign_in(manager.email, cast.PASSWORD)
        person.go("operator:price_change_create")
        person.page.get_by_label("Backup").check()
        person.fill(rule="Change by percent", value="12.5", valid_from=tomorrow.isoformat())
        person.send()
        change = PriceChange.objects.get()
        person.sees_status(PriceChangeStatus.DRAFT)
        person.sees("$10.00", "$11.25")
        person.go("operator:price_change_effects", change.pk)
        person.sees("Acme", "$50.00", "$56.25", "$6.25")
        assert _price(plan, tomorrow) == Decimal(10), "shown, not changed"
        person.go("operator:price_change", change.pk)
        person.press("Carry out", within=".work")
        person.sees("1 of 1 subscriptions pay more, 0 fall below cost.")
        person.send()
        person.sees_status(PriceChangeStatus.DONE)
        assert _price(plan, tomorrow) == Decimal("11.25")
        person.press("Undo", within=".work")
        person.send()
        person.sees_status(PriceChangeStatus.UNDONE)
    assert (_price(plan, today), _price(plan, tomorrow)) == (10, 10)


def test_what_a_reseller_earns_no_other_level_sees(stage: Stage, chromium: Browser) -> None:
    """Seats of the operator at 8.00 and of North at 9.00, sold by North-East at 10.50: five for a whole month."""
    levels, closes = cast.cast(), timezone.localdate().replace(day=1)
    plan = make.plan(reseller=levels.operator, name="Seats", prices={"seats": "8.00"})
    for reseller, retail in ((levels.north, "9.00"), (levels.north_east, "10.50")):
        prices = {"seats": Terms(retail=Decimal(retail))}
        plan = delegate_plan(actor=SYSTEM, plan=plan, reseller=reseller, prices=prices, today=make.EARLY)
    account = cast.account(reseller=levels.north_east)
    make.subscription(account=account, plan=plan, today=(closes - timedelta(days=1)).replace(day=1))
    with transaction.atomic():
        renew_accounts(account_ids=[account.pk], today=closes)
    below, above = ResellerCharge.objects.order_by("pk")
    north = cast.manager(reseller=levels.north, language="en")
    north_east = cast.manager(reseller=levels.north_east, language="en")
    with Person(chromium, stage.web, "en") as person:
        person.sign_in(north.email, cast.PASSWORD)
        person.go("operator:margins")
        person.sees("Seats", "$45.00", "$40.00", "$5.00")
        person.go("operator:reseller_charge", below.pk)
        person.sees("5 × $9.00 × 100 % = $45.00", "$40.00")
    with Person(chromium, stage.web, "en") as person:
        person.sign_in(north_east.email, cast.PASSWORD)
        person.go("operator:margins")
        person.sees("Seats", "$52.50", "$45.00", "$7.50")
        assert "$40.00" not in person.content.inner_text(), "what North pays"
        for name, arguments in (("operator:reseller_charges", ()), ("operator:reseller_charge", (below.pk,))):
            person.go(name, *arguments)
            person.sees("$45.00")
            assert "$40.00" not in person.content.inner_text(), "what North pays"
        assert _answer(person.page, "operator:reseller_charge", above.pk) == 404
        # The page that is not there is answered 404, which the browser notes.
        person.troubles = [trouble for trouble in person.troubles if "status of 404" not in trouble]


def test_the_months_to_come_at_a_desk_and_on_a_phone(stage: Stage, chromium: Browser) -> None:
    """Five seats at 10.00 and no money: the customer's phone says what falls short when, and then that it is enough.

    Its reseller sees what the account and its own margins come to; the customer's page knows nothing of these.
    """
    today, west = timezone.localdate(), cast.reseller(name="West")
    plan = make.plan(reseller=west, name="Archive")
    account = cast.account(reseller=west, name="Cairo Mills")
    make.subscription(account=account, plan=plan, today=today)
    owner = cast.customer_user(account=account, language="en")
    wests = cast.manager(reseller=west, language="en")
    falls_short = day_text(next_billing_day(today, 1))
    with Person(chromium, stage.web, "en") as customer:
        customer.sign_in(owner.email, cast.PASSWORD)
        customer.page.set_viewport_size(PHONE)
        customer.go("customer:forecast")
        customer.sees("First falls short on", falls_short, "$50.00", "stops: funds short")
        assert customer.page.evaluate(BEYOND_THE_EDGE) <= 0, "wider than the phone"
        top_up(account=account, amount="10000", today=today)
        customer.go("customer:forecast")
        customer.sees("enough is there for all months shown")
    with Person(chromium, stage.web, "en") as manager:
        manager.sign_in(wests.email, cast.PASSWORD)
        manager.go("operator:account", account.pk)
        manager.press("Forecast", within=".work")
        manager.sees("enough is there for all months shown", "$50.00")
        manager.go("operator:margin_forecast")
        manager.sees("Charged to own customers", "$50.00")


def _answer(page: Page, name: str, *arguments: object) -> int | None:
    answer = page.goto(reverse(name, args=arguments))
    return answer.status if answer is not None else None
