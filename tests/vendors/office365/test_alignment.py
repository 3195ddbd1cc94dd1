"""A purchase ends with what the customer has already: only on days that Microsoft tells, and charged so by it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.vendors.carrying import work
from tests.vendors.office365.bench import Office365Bench, open_bench
from tests.vendors.office365.orders import an_order
from tests.vendors.office365.test_transitions import BASIC, STANDARD, YEAR, bought
from vendors.base import Order, Resource, Task, Term
from vendors.errors import Rejected
from vendors.office365.alignment import asked


@pytest.fixture
def today() -> Iterator[Office365Bench]:
    """Microsoft of today, with a customer who has a term already."""
    with open_bench() as bench:
        bench.microsoft.live_today()
        yield bench


def second_order(vendor_ids: dict[str, str], **changed: object) -> Order:
    order = an_order(reference="order:19:provision", resources={"seats": Resource(STANDARD, 2)}, options=YEAR)
    return replace(order, vendor_ids=vendor_ids, **changed)


def test_a_purchase_may_end_with_what_is_there(today: Office365Bench) -> None:
    service = bought(today, BASIC)
    today.advance(40 * 86_400)
    order = second_order({"customer_id": service.vendor_ids["customer_id"]})
    (field,) = asked(today.connection(), order)
    (held,) = today.plugin.commitments(today.connection(), service)
    assert held.ends_on is not None
    last_day = (held.ends_on - timedelta(days=1)).isoformat()
    labels = dict(field.choices)
    assert "with what is there already" in str(labels[last_day])
    assert "" in labels
    done = work(today, Task("provision", order.reference, order=replace(order, answers={"ends_with": last_day})))
    second = replace(service, vendor_ids=done.vendor_ids, resources=order.resources)
    (aligned,) = today.plugin.commitments(today.connection(), second)
    assert (aligned.quantity, aligned.ends_on) == (2, held.ends_on)


def test_another_day_is_refused_with_microsofts_reason(today: Office365Bench) -> None:
    service = bought(today, BASIC)
    answers = {"ends_with": (date.today() + timedelta(days=20)).replace(day=14).isoformat()}
    order = second_order({"customer_id": service.vendor_ids["customer_id"]}, answers=answers)
    with pytest.raises(Rejected, match="Choose one of the days"):
        today.plugin.validate_order(today.connection(), order)
    with pytest.raises(Rejected):
        work(today, Task("provision", order.reference, order=order))


def test_nothing_is_asked_of_who_is_new_or_of_what_has_no_term_or_is_a_trial(today: Office365Bench) -> None:
    service = bought(today, BASIC)
    ids = {"customer_id": service.vendor_ids["customer_id"]}
    assert asked(today.connection(), second_order({})) == ()
    assert asked(today.connection(), second_order(ids, options={})) == ()
    assert asked(today.connection(), second_order(ids, term=Term(1, trial=True))) == ()
    legacy = {"seats": Resource("796B6B5F-613C-4E24-A17C-EBA730D49C02", 1)}
    assert asked(today.connection(), second_order(ids, resources=legacy)) == ()
