"""Why a reseller owes the one above it what it owes: E20 of spec/billing-types.md, told to each level."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import SYSTEM, actor_of
from accounts.models import Reseller
from billing.models import Charge
from billing.owed import explain_owed, reseller_formula, waits_to_be_owed
from billing.queries import reseller_charges_visible_to
from subscriptions.catalogue.delegation import Terms, delegate_plan
from subscriptions.models import Subscription
from subscriptions.night.renewals import renew_accounts
from tests.factories import accounts as people
from tests.factories import discounts as grant
from tests.factories import subscriptions as make
from tests.remembering import remembered

pytestmark = pytest.mark.django_db
ORDERED_ON, BILLING_DAY = date(2018, 8, 20), date(2018, 9, 1)


@pytest.fixture
def cast() -> people.Cast:
    """The operator, North and North-East below it."""
    return people.cast()


@pytest.fixture
@remembered
def seats(cast: people.Cast) -> Subscription:
    """E20: the operator asks 8.00 and grants North 50 %, North asks 9.00 and grants North-East 20 %."""
    plan = make.plan(reseller=cast.operator, prices={"seats": "8.00"})
    for reseller, retail, percent in ((cast.north, "9.00", "50"), (cast.north_east, "10.00", "20")):
        prices = {"seats": Terms(retail=Decimal(retail))}
        plan = delegate_plan(actor=SYSTEM, plan=plan, reseller=reseller, prices=prices, today=make.EARLY)
        grant.of_reseller(reseller, percent)
    return make.subscription(account=people.account(reseller=cast.north_east), plan=plan, today=ORDERED_ON)


def _told(reseller: Reseller) -> list[tuple[str, list[str]]]:
    rows = reseller_charges_visible_to(actor_of(people.manager(reseller=reseller))).order_by("pk")
    return [(one.formula, one.sentences) for one in explain_owed(rows)]


def test_each_level_is_told_its_two_sides(cast: people.Cast, seats: Subscription) -> None:
    renew_accounts(account_ids=[seats.account_id], today=BILLING_DAY)
    below = (
        "5 × $9.00 × 12 of 31 days × 80 % = $13.94",
        [
            "The price of North valid from 01 Jan 2010.",
            "North grants North-East 20 % off its price.",
            "North owes $7.74 for it itself: $6.20 is left.",
        ],
    )
    above = (
        "5 × $8.00 × 12 of 31 days × 50 % = $7.74",
        [
            f"The price of {cast.operator.name} valid from 01 Jan 2010.",
            f"{cast.operator.name} grants North 50 % off its price.",
        ],
    )
    assert _told(cast.north) == [below, above]
    assert _told(cast.north_east) == [(below[0], below[1][:2])]
    assert _told(cast.operator) == [above]


def test_the_page_of_the_charge_tells_it(cast: people.Cast, seats: Subscription) -> None:
    charge = Charge.objects.get()
    assert waits_to_be_owed(charge)

    def page(reseller: Reseller) -> str:
        client = Client()
        client.force_login(people.manager(reseller=reseller))
        return client.get(reverse("operator:charge", args=[charge.pk])).content.decode()

    assert "is written when it closes" in page(cast.north)
    renew_accounts(account_ids=[seats.account_id], today=BILLING_DAY)
    charge.refresh_from_db()
    assert not waits_to_be_owed(charge)
    assert "is written when it closes" not in page(cast.north)
    assert "North-East owes North $13.94" in page(cast.north)
    assert "$6.20 is left" in page(cast.north)
    assert "$7.74" not in page(cast.north_east), "what North pays"
    assert "$13.94" not in page(cast.operator), "what is between North and North-East"
    assert "$7.74" in page(cast.operator)


def test_what_was_closed_by_hand_is_a_sum(cast: people.Cast, seats: Subscription) -> None:
    """Clarification 10: what the replaced charges would have owed, without a price of its own."""
    renew_accounts(account_ids=[seats.account_id], today=BILLING_DAY)
    row = reseller_charges_visible_to(SYSTEM).earliest("pk")
    row.charge.source, row.price_row = "closed_by_hand", None
    (told,) = explain_owed([row])
    assert reseller_formula(row) == "$17.42 less $3.48 = $13.94"
    assert told.sentences[0].startswith("Closed by hand: the sum")
    row.charge.source = "purchase"
    assert explain_owed([row])[0].sentences[0] == "North had no price of it: nothing is owed."
