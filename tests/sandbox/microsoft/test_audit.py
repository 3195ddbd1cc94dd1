"""Audit records."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from sandbox.microsoft import Microsoft
from tests.sandbox.microsoft.asking import Asker


def test_operations_are_recorded_newest_first(partner: Asker) -> None:
    customer = partner.new_customer()
    subscription = partner.subscription(customer)
    partner.patch(f"/customers/{customer}/subscriptions/{subscription['id']}", subscription | {"quantity": 6})
    records = partner.get("/auditrecords?size=50").json["items"]
    assert [record["operationType"] for record in records] == ["update_subscription", "create_order", "add_customer"]
    old, new = (json.loads(records[0][name]) for name in ("resourceOldValue", "resourceNewValue"))
    assert (old["Quantity"], new["Quantity"]) == (5, 6)
    assert {record["customerId"] for record in records} == {customer}


def test_records_turn_pages(partner: Asker) -> None:
    for number in range(3):
        partner.new_customer(f"a{number}.onmicrosoft.com", agreed=False)
    first = partner.get("/auditrecords?size=2").json
    following = first["links"]["next"]
    second = partner.get(following["uri"], MS_ContinuationToken=following["headers"][0]["value"]).json
    assert (len(first["items"]), len(second["items"])) == (2, 1)


@pytest.mark.parametrize(
    ("field", "value", "operator", "found"),
    [
        ("ResourceType", "order", "equals", 1),
        ("CompanyName", "cm", "substring", 2),
        ("CustomerId", "none", "equals", 0),
    ],
)
def test_records_are_filtered(partner: Asker, field: str, value: str, operator: str, found: int) -> None:
    partner.subscription(partner.new_customer())
    text = quote(json.dumps({"Field": field, "Value": value, "Operator": operator}))
    assert len(partner.get(f"/auditrecords?filter={text}").json["items"]) == found


def test_records_are_those_of_the_days_asked_for(partner: Asker, microsoft: Microsoft) -> None:
    partner.new_customer(agreed=False)
    today = datetime.now(UTC).date()
    yesterday = today - timedelta(days=1)
    assert len(partner.get(f"/auditrecords?startDate={today}&endDate={today}").json["items"]) == 1
    assert partner.get(f"/auditrecords?startDate={yesterday}&endDate={yesterday}").json["items"] == []
    microsoft.advance(days=40)
    partner.sign_in(microsoft)
    assert partner.get("/auditrecords").json["items"] == []


@pytest.mark.parametrize("query", ["startDate=2018-01-01", "startDate=soon", "filter=%7B", "filter=%7B%7D"])
def test_bad_questions_are_refused(partner: Asker, query: str) -> None:
    partner.new_customer(agreed=False)
    assert partner.get(f"/auditrecords?{query}").status == 400
