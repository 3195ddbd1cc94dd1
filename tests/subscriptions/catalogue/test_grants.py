"""What a reseller grants those below it is read for many links at once."""

from datetime import date

import pytest

from billing.engine.chain import Level
from billing.engine.lines import LineType
from subscriptions.catalogue.grants import Link, grants_of
from tests.factories import accounts as people
from tests.factories import discounts as grant
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db


def test_what_a_reseller_grants_below_holds_on_its_days_for_its_plans() -> None:
    above = people.operator()
    below = people.reseller(parent=above)
    plan, other = make.plan(), make.plan()
    grant.of_reseller(below, "20")
    grant.of_reseller(below, "30", valid_until=date(2018, 9, 1))
    grant.of_reseller(below, "40", all_plans=False, plans=[other])
    links = [Link(above.pk, below.pk, one.pk, None) for one in (plan, other)]
    grants = grants_of([*links, Link(above.pk, people.reseller(parent=above).pk, plan.pk, None)])
    found = [
        sorted((int(one.percent), one.holds_on(date(2018, 9, 1), LineType.RECURRING_FEE)) for one in grants[link])
        for link in links
    ]
    assert found == [[(20, True), (30, False)], [(20, True), (30, False), (40, True)]]
    assert len(grants) == 2


def test_what_is_granted_on_recurring_fees_is_granted_on_what_was_used() -> None:
    """As an account's own discount is; before, nothing was granted on it."""
    above = people.operator()
    below, plan = people.reseller(parent=above), make.plan(billing_type="payg_external")
    grant.of_reseller(below, "20", on_setup=False, on_renewal=False)
    link = Link(above.pk, below.pk, plan.pk, None)
    (granted,) = grants_of([link])[link]
    level = Level(above.pk, below.pk, (), [granted])
    used = (LineType.CONSUMPTION, LineType.RECURRING_FEE, LineType.SETUP_FEE, LineType.TRANSFER_FEE)
    assert [int(level.granted_on(date(2018, 9, 1), kind)) for kind in used] == [20, 20, 0, 0]
