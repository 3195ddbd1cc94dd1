"""What a delegated plan costs its reseller follows its provider's price and discount by date, with nothing typed."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from subscriptions.catalogue.prices import Fees, PriceNotAllowed, set_price
from subscriptions.models import ResourcePrice
from subscriptions.told.net_costs import with_net_costs
from tests.factories import accounts as people
from tests.factories import discounts as grant
from tests.factories import subscriptions as make
from tests.factories.reselling import line

pytestmark = pytest.mark.django_db
D = Decimal
AUG20, SEP1, SEP15 = date(2018, 8, 20), date(2018, 9, 1), date(2018, 9, 15)


def test_each_day_has_the_net_cost_of_that_day() -> None:
    cast = people.cast()
    own, sold, _below = line(cast, "8.00", "9.00", "10.00")
    resource = sold.resources.get()
    make.reprice(plan=own, fee="8.50", today=AUG20)
    asked = {"actor": SYSTEM, "plan_resource": resource, "today": AUG20}
    at_nine = set_price(**asked, fees=Fees(recurring_fee=D("9.50")), valid_from=SEP1)
    grant.of_reseller(cast.north, "10", valid_from=SEP15)
    rows = ResourcePrice.objects.filter(plan_resource=resource).order_by("-valid_from", "-pk")
    shown = with_net_costs({resource.pk: list(rows)})[resource.pk]
    assert [(row.valid_from, row.recurring_fee, row.net_cost, hasattr(row, "by_provider")) for row in shown] == [
        (SEP15, D("9.50"), D("7.65"), True),
        (SEP1, D("9.50"), D("8.50"), False),
        (AUG20, D("9.00"), D("8.50"), True),
        (make.EARLY, D("9.00"), D("8.00"), False),
    ]
    assert at_nine.net_cost == D("8.50"), "kept with the row: that of its day"
    with pytest.raises(PriceNotAllowed, match="follows from its provider"):
        set_price(**asked, fees=Fees(recurring_fee=D(9)), valid_from=SEP1, net_cost=D(1))
