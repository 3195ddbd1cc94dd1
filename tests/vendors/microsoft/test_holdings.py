"""What Microsoft holds of a customer as a whole, over HTTP, and what a template sells in its words."""

import pytest

from tests.vendors.office365.bench import Office365Bench
from tests.vendors.office365.orders import an_order, provision
from vendors.base import Service
from vendors.commitments import State
from vendors.errors import Gone
from vendors.holdings import Sold


def test_the_whole_list_and_one_by_its_id(bench: Office365Bench) -> None:
    order = an_order()
    service = Service(provision(bench, order).vendor_ids, order.resources)
    plugin, connection = bench.plugin, bench.connection()
    vendor_id = service.vendor_ids["subscription_id.seats"]
    assert plugin.resource_ids(service) == {"seats": vendor_id}
    (one,) = plugin.holdings(connection, service)
    assert one.commitment.vendor_id == vendor_id
    assert one.vendor_ids["customer_id"] == service.vendor_ids["customer_id"]
    assert set(plugin.resource_ids(Service(one.vendor_ids, {})).values()) == {vendor_id}
    # Of the time before new commerce: bound to nothing.
    assert (one.commitment.term, one.commitment.at_end, one.commitment.quantity) == ("", None, 5)
    # The list lags, the id does not.
    bench.advance(1800)
    bench.microsoft.behave(list_lag_seconds=900)
    bench.microsoft.alter_subscription(subscription_id=vendor_id, status="suspended")
    connection = bench.connection()
    assert plugin.holdings(connection, service)[0].commitment.state is State.ACTIVE
    looked_up = plugin.looked_up(connection, service, vendor_id)
    assert looked_up is not None
    assert looked_up.state is State.SUSPENDED
    assert plugin.looked_up(connection, service, "00000000-0000-0000-0000-000000000000") is None
    bench.lose("end_relationship")
    with pytest.raises(Gone):
        plugin.holdings(connection, service)


def test_what_a_template_sells(bench: Office365Bench) -> None:
    plugin = bench.plugin
    assert plugin.sold({"billing_cycle": "monthly"}) == Sold()
    asked = {"billing_cycle": "monthly", "term_duration": "P1Y"}
    assert plugin.sold(asked) == Sold("P1Y", "monthly")


def test_agreement_that_counts_no_more_is_the_customers_to_accept(bench: Office365Bench) -> None:
    ids = {"customer_id": "17", "domain": "acme.onmicrosoft.com"}
    assert bench.plugin.unagreed(Service(ids, {}, facts={"agreement": "accepted"})) is None
    assert bench.plugin.unagreed(Service(ids, {})) is None
    missing = bench.plugin.unagreed(Service(ids, {}, facts={"agreement": "required"}))
    assert missing is not None
    assert missing.values["domain"] == "acme.onmicrosoft.com"
