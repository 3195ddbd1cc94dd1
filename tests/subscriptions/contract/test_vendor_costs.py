"""What a unit costs by the vendor's price sheets, by market and day, and which plans sell below that from when."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import SYSTEM
from subscriptions.catalogue.delegation import Terms, delegate_plan
from subscriptions.catalogue.prices import Fees, set_price
from subscriptions.contract.vendor_costs import (
    Bought,
    asked_from,
    below_cost,
    bought_at_vendors,
    term_costs,
    vendor_costs_on,
)
from subscriptions.models import HeldCommitment
from tests.factories import accounts as people
from tests.factories import subscriptions as make
from tests.subscriptions.pricing import said, sold
from tests.vendors.installing import example_installed
from vendors.capabilities import PriceKey
from vendors.commitments import AtEnd, State
from vendors.prices import Dated

pytestmark = pytest.mark.django_db
EARLY = date(2026, 1, 1)
TODAY, LATER, LAST = date(2026, 11, 29), date(2027, 1, 1), date(2027, 3, 1)


@pytest.fixture(autouse=True)
def _example() -> Iterator[None]:
    with example_installed():
        yield


def test_net_cost_is_that_of_the_market_and_day() -> None:
    plan = sold("10.00")
    resource = plan.resources.get().pk
    said(plan, "DE", [("9.5", TODAY, LATER), ("11", LATER, LAST)], today=TODAY, currency="EUR")
    said(plan, "US", [("8", TODAY, None)], today=TODAY)
    found = {
        (market, day): (cost.cost, cost.currency, cost.months)
        for market in ("DE", "US", "FR")
        for day in (TODAY, LATER, LAST)
        if (cost := vendor_costs_on([resource], market, day).get(resource))
    }
    assert found == {
        ("DE", TODAY): (Decimal("9.5"), "EUR", 1),
        ("DE", LATER): (Decimal(11), "EUR", 1),
        ("US", TODAY): (8, "USD", 1),
        ("US", LATER): (8, "USD", 1),
        ("US", LAST): (8, "USD", 1),
    }


def test_a_price_for_a_term_is_shared_out_on_its_months() -> None:
    def monthly(price: str, months: int) -> Decimal:
        bought = Bought(PriceKey("P", "S", "P1Y", "Annual", "", months), {})
        return bought.monthly(Dated("licences", "US", "USD", Decimal(price), None, TODAY, None, 0, None))

    assert [monthly("453.6", months) for months in (1, 12, 36)] == [Decimal("453.6"), Decimal("37.8"), Decimal("12.6")]
    assert monthly("100", 12) == Decimal("8.333333"), "as fine as a price list"


def test_a_term_costs_what_was_asked_on_its_first_day_and_the_next_what_is_asked_then() -> None:
    plan = sold("10.00", months=1, billing_type="csp_monthly")
    account = people.account(reseller=plan.reseller, country="DE")
    said(plan, "DE", [("9", EARLY, TODAY), ("11", TODAY, LATER), ("12", LATER, None)], today=EARLY, currency="EUR")
    service = make.subscription(account=account, plan=plan, quantities={"units": 1}, today=date(2026, 11, 10))
    resource = plan.resources.get().pk
    service.start_date, service.expiration_date = date(2026, 11, 10), date(2026, 12, 10)

    def costs(day: date) -> list[Decimal | None]:
        return [one[resource].cost if one else None for one in term_costs(service, [resource], today=day)]

    assert costs(TODAY) == [9, 11], "held for the term"
    service.expiration_date = date(2027, 1, 10)
    assert costs(TODAY) == [11, 12], "renewed in December"
    service.expiration_date = None
    assert costs(TODAY) == [11, None]
    service.billing_type = "payg_internal"
    assert term_costs(service, [resource], today=TODAY) == ({}, {})


def test_the_vendors_own_term_keeps_its_price_though_ours_has_no_end() -> None:
    plan = sold("10.00", billing_type="csp_monthly")
    account = people.account(reseller=plan.reseller, country="DE")
    said(plan, "DE", [("9", EARLY, TODAY), ("11", TODAY, LATER), ("12", LATER, None)], today=EARLY, currency="EUR")
    service = make.subscription(account=account, plan=plan, quantities={"units": 1}, today=date(2026, 11, 10))
    service.start_date = date(2026, 2, 10)
    resource = plan.resources.get().pk
    held = HeldCommitment(
        subscription=service,
        resource="units",
        name="Units",
        vendor_id="1",
        state=State.ACTIVE,
        quantity=1,
        term="P1Y",
        ends_on=date(2027, 1, 10),
        at_end=AtEnd.RENEWS,
        seen_at=make.noon(TODAY),
    )
    held.save()

    def costs() -> list[Decimal | None]:
        return [one[resource].cost if one else None for one in term_costs(service, [resource], today=LATER)]

    assert costs() == [9, 12], "of the first day here, which a common end may have made a later one, and of the next"
    service.start_date = date(2026, 12, 1)
    assert costs() == [11, 12]
    held.at_end = AtEnd.ENDS
    held.save()
    assert costs() == [11, None]


def test_only_a_plan_of_ones_own_is_bought_at_the_vendor() -> None:
    plan, billed = sold("10.00"), make.plan()
    said(plan, "US", [("8", TODAY, None)], today=TODAY)
    below = delegate_plan(
        actor=SYSTEM,
        plan=plan,
        reseller=people.reseller(),
        prices={"units": Terms(retail=Decimal(12))},
        today=TODAY,
    )
    resources = [one.resources.get().pk for one in (plan, below, billed)]
    assert bought_at_vendors(resources).keys() == {resources[0]}
    with CaptureQueriesContext(connection) as asked:
        asked_from(resources, "USD", today=TODAY)
    assert len(asked) == 3


def test_what_will_be_below_cost_is_known_with_its_first_day() -> None:
    plan = sold("10.00")
    said(plan, "DE", [("10", TODAY, LATER), ("12.25", LATER, None)], today=TODAY)
    said(plan, "FR", [("10.01", TODAY, None)], today=TODAY)
    said(plan, "GB", [("99", TODAY, None)], today=TODAY, currency="GBP")
    said(plan, "US", [("9", TODAY, LAST), ("10", LAST, None)], today=TODAY)

    def found() -> list[tuple[str, date, bool, Decimal, Decimal]]:
        rows = below_cost(plan.reseller, today=TODAY)
        return [(one.market, one.day, one.today, one.price, one.loss) for one in rows]

    assert found() == [
        ("FR", TODAY, True, Decimal(10), Decimal("0.01")),
        ("DE", LATER, False, Decimal(10), Decimal("2.25")),
    ]
    fees = Fees(recurring_fee=Decimal("12.25"))
    set_price(actor=SYSTEM, plan_resource=plan.resources.get(), fees=fees, valid_from=LATER, today=TODAY)
    assert [market for market, *_rest in found()] == ["FR"], "the price of that day counts"
    fees = Fees(recurring_fee=Decimal("9.50"))
    set_price(actor=SYSTEM, plan_resource=plan.resources.get(), fees=fees, valid_from=LAST, today=TODAY)
    assert found()[1:] == [
        ("DE", LAST, False, Decimal("9.5"), Decimal("2.75")),
        ("US", LAST, False, Decimal("9.5"), Decimal("0.5")),
    ], "a price that is lowered, too"
    assert below_cost(people.reseller(), today=TODAY) == []


def test_what_is_asked_is_told_with_each_coming_change() -> None:
    plan = sold("10.00")
    resource = plan.resources.get().pk
    said(plan, "US", [("9", date(2026, 1, 1), LATER), ("11", LATER, LAST)], today=TODAY)
    said(plan, "DE", [("9", TODAY, None)], today=TODAY, currency="EUR")
    found = asked_from([resource], "USD", today=TODAY)[resource]
    assert [(one.market, one.valid_from, one.cost, one.price) for one in found] == [
        ("DE", TODAY, 9, None),
        ("US", date(2026, 1, 1), 9, 10),
        ("US", LATER, 11, 10),
    ]
