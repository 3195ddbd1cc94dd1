"""How a line of ours is known among a customer's orders: by its mark, else where nobody named it."""

from datetime import UTC, datetime, timedelta

from tests.vendors.office365.bench import E3, Office365Bench
from tests.vendors.office365.orders import an_order, provision
from vendors.base import Resource
from vendors.microsoft.plugin import partner_center_of
from vendors.office365.lines import Line, Listed, find, lines_of, listed


def test_resources_without_an_offer_or_units_are_no_lines() -> None:
    resources = {"b": Resource(E3, 2), "a": Resource("P:S", 1), "none": Resource(E3, 0), "ours": Resource("", 3)}
    lines = lines_of(resources, label="Acme mail", reference="order:1:provision")
    assert [(line.key, line.modern, line.friendly_name) for line in lines] == [
        ("a", True, "Acme mail (order:1:provision/a)"),
        ("b", False, "Acme mail (order:1:provision/b)"),
    ]


def test_ours_is_the_one_with_our_mark_or_the_only_one_without_a_name(bench: Office365Bench) -> None:
    done = provision(bench, an_order())
    customer, store = done.vendor_ids["customer_id"], bench.microsoft.world.store
    partner_center, since = partner_center_of(bench.connection()), bench.now - timedelta(hours=1)
    line = Line("seats", E3, 5, "Acme mail", "order:17:provision/seats")
    (order,) = store.all(f"order:{customer}")

    def named(name: str) -> None:
        row = {**order["lines"][0], "name": name}
        store.put(f"order:{customer}", order["id"].lower(), {**order, "lines": [row]})

    def seen(since: datetime = since, item: str = E3) -> Listed:
        return listed(partner_center, customer, line, item=item, since=since)

    ours = {name: value for name, value in done.vendor_ids.items() if name.endswith(".seats")}
    assert seen().ids == {**ours, "line.seats": "0"}
    assert find(partner_center, customer, [line]) == {**ours, "line.seats": "0"}
    named("Acme mail (order:99:provision/seats)")
    assert seen() == Listed(None)  # another operation's
    assert find(partner_center, customer, [line]) is None
    named("Bought in Partner Center")
    assert seen() == Listed(None, (order["id"],))  # a colleague's: told, never taken
    assert seen(item="P:S:A") == Listed(None)
    assert seen(since=bench.now + timedelta(hours=1)) == Listed(None)


def test_one_that_nobody_named_is_ours_where_there_is_no_other(bench: Office365Bench) -> None:
    partner_center, line = partner_center_of(bench.connection()), Line("seats", E3, 5, "Acme mail", "order:17:x/seats")
    for count in (1, 2):  # which of two it is, nobody can tell
        row = {"lineItemNumber": 0, "offerId": E3.lower(), "quantity": 5}
        made = {"creationDate": "2026-11-29T03:00:00.1234567Z", "lineItems": [row]}
        body = {"items": [{"id": f"O-{number}", **made} for number in range(count)]}
        bench.microsoft.fail("answer", method="GET", path=r"/orders$", status=200, body=body)
        since = datetime(2026, 11, 29, 2, tzinfo=UTC)
        found = listed(partner_center, "c-1", line, item=E3, since=since)
        assert found.ids == ({"order_id.seats": "O-0", "line.seats": "0"} if count == 1 else None)
        assert found.alike == ("O-0", "O-1")[:count]
