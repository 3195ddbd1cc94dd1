"""A preview says what the verb then does, and leaves nothing."""

from datetime import date
from decimal import Decimal
from functools import partial

import pytest

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.funds import funds_of
from billing.models import Charge, Payment
from core.errors import Refused
from subscriptions.models import Order, Plan, Subscription
from subscriptions.people.changes import change_quantities
from subscriptions.people.stopping import activate, stop
from subscriptions.told.preview import Preview, preview
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db
LATER = date(2018, 8, 25)


@pytest.fixture
def seats(acme: Account, plan: Plan) -> Subscription:
    """Five seats, ordered and paid on 20 August: 19.35 are reserved."""
    return make.subscription(account=acme, plan=plan, today=ORDERED_ON)


def _change(seats: Subscription, count: int) -> partial:
    return partial(
        change_quantities,
        actor=SYSTEM,
        subscription=seats,
        quantities={"seats": count},
        today=LATER,
        now=make.noon(LATER),
    )


def _told(charges: tuple[Charge, ...]) -> list[tuple[str, Decimal]]:
    return [(charge.status, charge.amount) for charge in charges]


def test_an_order_is_previewed(acme: Account, plan: Plan) -> None:
    seen = preview(partial(make.order, account=acme, plan=plan, today=ORDERED_ON), account=acme, today=ORDERED_ON)
    assert (seen.due, _told(seen.added), seen.reserved) == (Decimal("19.35"), [("new", Decimal("19.35"))], 0)
    for model in (Order, Charge, Payment, Subscription):
        assert not model.objects.exists()


def test_a_lowering_is_previewed_as_it_happens(seats: Subscription, acme: Account) -> None:
    seen = preview(_change(seats, 2), account=acme, today=LATER)
    assert (seen.given_back, seen.written_off, seen.due) == (Decimal("6.77"), Decimal("8.06"), 0)
    assert (seen.before.available, seen.after.available) == (0, Decimal("6.77"))
    assert _told(seen.moved) == [("deleted", Decimal("19.35"))]
    assert [entry.amount for entry in seen.transactions] == [Decimal("-8.06")]
    assert Charge.objects.get().status == "blocked"

    _change(seats, 2)()
    made = tuple(Charge.objects.exclude(status="deleted").order_by("pk"))
    assert _told(seen.added) == _told(made)
    assert seen.after == funds_of(acme)


def test_what_would_be_refused_is_refused(seats: Subscription, acme: Account) -> None:
    for verb in (_change(seats, 5), partial(activate, actor=SYSTEM, subscription=seats, today=LATER)):
        with pytest.raises(Refused):
            preview(verb, account=acme, today=LATER)


def test_the_night_is_not_counted_in(seats: Subscription, acme: Account) -> None:
    """The preview of a stop in September shows September's split, not what August's end does to the balance."""
    top_up(account=acme, amount="50", today=LATER)
    day = date(2018, 9, 11)
    seen: Preview = preview(partial(stop, actor=SYSTEM, subscription=seats, today=day), account=acme, today=day)
    assert (seen.before.balance, seen.written_off) == (Decimal("50.00"), Decimal("16.67"))
    assert _told(seen.moved) == [("deleted", Decimal("50.00"))]
    assert Charge.objects.get().status == "blocked"
