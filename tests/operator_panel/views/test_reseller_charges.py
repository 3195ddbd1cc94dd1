"""A level sees what it is owed and what it owes, its own net cost and margin, and nothing of other levels."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.actors import SYSTEM, actor_of
from accounts.models import Reseller
from billing.models import ResellerCharge
from billing.owed import reseller_formula
from billing.queries import reseller_charges_visible_to
from subscriptions.catalogue.delegation import Terms, delegate_plan
from subscriptions.night.renewals import renew_accounts
from tests.factories import accounts as people
from tests.factories import subscriptions as make
from tests.operator_panel.conftest import signed_in
from tests.remembering import remembered

pytestmark = pytest.mark.django_db
ORDERED_ON, BILLING_DAY = date(2018, 8, 20), date(2018, 9, 1)


@pytest.fixture
@remembered
def cast() -> people.Cast:
    """Seats of the operator at 8.00, of North at 9.00, sold by North-East at 10.00: closed on 1 September."""
    cast = people.cast()
    plan = make.plan(reseller=cast.operator, name="Seats", prices={"seats": "8.00"})
    for reseller, retail in ((cast.north, "9.00"), (cast.north_east, "10.00")):
        prices = {"seats": Terms(retail=Decimal(retail))}
        plan = delegate_plan(actor=SYSTEM, plan=plan, reseller=reseller, prices=prices, today=make.EARLY)
    seats = make.subscription(account=people.account(reseller=cast.north_east), plan=plan, today=ORDERED_ON)
    renew_accounts(account_ids=[seats.account_id], today=BILLING_DAY)
    return cast


def test_each_level_has_its_own_two_sides(cast: people.Cast) -> None:
    below, above = ResellerCharge.objects.order_by("pk")

    def seen(reseller: Reseller) -> dict[int, Decimal | None]:
        rows = reseller_charges_visible_to(actor_of(people.manager(reseller=reseller)))
        return {row.pk: row.own_cost for row in rows}

    assert seen(cast.operator) == {above.pk: None}
    assert seen(cast.north) == {below.pk: Decimal("15.480"), above.pk: None}
    assert seen(cast.north_east) == {below.pk: None}
    assert seen(cast.south) == {}


def test_a_row_of_another_level_is_not_there(cast: people.Cast) -> None:
    below, above = ResellerCharge.objects.order_by("pk")
    north, north_east = (signed_in(people.manager(reseller=reseller)) for reseller in (cast.north, cast.north_east))
    page = north.get(reverse("operator:reseller_charge", args=[below.pk])).content.decode()
    assert "5 × $9.00 × 12 of 31 days × 100 % = $17.42" in page
    assert "$15.48" in page, "its own net cost"
    assert "$15.48" not in north_east.get(reverse("operator:reseller_charge", args=[below.pk])).content.decode()
    assert north_east.get(reverse("operator:reseller_charge", args=[above.pk])).status_code == 404
    assert "$15.48" not in north_east.get(reverse("operator:reseller_charges")).content.decode()
    assert reseller_formula(above) == "5 × $8.00 × 12 of 31 days × 100 % = $15.48"
