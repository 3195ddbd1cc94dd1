"""Delegated administration."""

from typing import Any

import pytest
import requests

from sandbox.microsoft import Microsoft
from sandbox.microsoft.relationships import days_of
from tests.sandbox.microsoft.asking import Asker, customer_body

BASE = "/graph/v1.0/tenantRelationships/delegatedAdminRelationships"
DOMAIN = "acme.onmicrosoft.com"
ROLES = {"unifiedRoles": [{"roleDefinitionId": "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"}]}


class Caller:
    """Asks Graph."""

    def __init__(self, asker: Asker, microsoft: Microsoft) -> None:
        granted = microsoft.grant_consent()["refresh_token"]
        self.asker, self.token = asker, asker.refresh(granted, scope="https://graph.microsoft.com/.default").json
        self.token = self.token["access_token"]

    def ask(self, method: str, path: str = "", body: Any = None, **query: str) -> requests.Response:
        """Call one path below the relationships."""
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.asker.base_url}{BASE}{path}"
        return self.asker.http.request(method, url, json=body, params=query, headers=headers, timeout=10)

    def of(self, customer: str) -> list[Any]:
        """Return the relationships with a customer."""
        return list(self.ask("GET", **{"$filter": f"customer/tenantId eq '{customer}'"}).json()["value"])


@pytest.fixture
def graph(partner: Asker, microsoft: Microsoft) -> Caller:
    """A caller of Graph beside the partner."""
    return Caller(partner, microsoft)


def test_customer_may_be_made_with_a_relationship_that_expires(
    partner: Asker, microsoft: Microsoft, graph: Caller
) -> None:
    microsoft.behave(gdap_required=True)
    alone = partner.post("/customers", customer_body("alone.onmicrosoft.com")).json["id"]
    made = partner.post("/customers", customer_body(DOMAIN) | {"enableGDAPByDefault": True}).json["id"]
    assert graph.of(alone) == []
    (relationship,) = graph.of(made)
    assert (relationship["status"], relationship["duration"]) == ("active", "P730D")
    assert partner.get(f"/customers/{alone}/subscribedskus").refused == (403, 900308)
    assert partner.get(f"/customers/{made}/subscribedskus").json["items"] == []
    microsoft.advance(days=730)
    partner.sign_in(microsoft)
    assert partner.get(f"/customers/{made}/users").refused == (403, 900308)
    assert Caller(partner, microsoft).of(made)[0]["status"] == "expired"


def test_relationship_is_approved_by_the_customer_and_ended(
    partner: Asker, microsoft: Microsoft, graph: Caller
) -> None:
    microsoft.behave(gdap_required=True)
    customer = partner.new_customer()
    body = {"displayName": "Ours", "duration": "P90D", "accessDetails": ROLES, "customer": {"tenantId": customer}}
    made = graph.ask("POST", body=body)
    assert (made.status_code, made.json()["status"]) == (201, "created")
    path = f"/{made.json()['id']}"
    assert graph.ask("POST", f"{path}/requests", {"action": "terminate"}).status_code == 400
    assert graph.ask("POST", f"{path}/requests", {"action": "lockForApproval"}).status_code == 201
    assert graph.ask("GET", path).json()["status"] == "approvalPending"
    assert partner.get(f"/customers/{customer}/users").refused == (403, 900308)
    microsoft.approve_gdap(domain=DOMAIN)
    assert graph.ask("GET", path).json()["status"] == "active"
    assert partner.get(f"/customers/{customer}/users").status == 200
    microsoft.end_gdap(domain=DOMAIN)
    assert graph.of(customer)[0]["status"] == "terminated"
    assert partner.order(customer).status == 201  # buying takes no delegated administration


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"duration": "P3Y"}, 400),
        ({"duration": "soon"}, 400),
        ({"displayName": ""}, 400),
        ({"accessDetails": {}}, 400),
        ({"customer": {"tenantId": "none"}}, 400),
        ({}, 201),
    ],
)
def test_incomplete_relationships_are_refused(graph: Caller, change: dict[str, Any], status: int) -> None:
    body = {"displayName": "Ours", "duration": "P2Y", "accessDetails": ROLES} | change
    assert graph.ask("POST", body=body).status_code == status
    assert graph.ask("POST", body=body).status_code == (409 if status == 201 else 400)


def test_strangers_and_strange_questions_are_refused(partner: Asker, graph: Caller) -> None:
    assert graph.ask("GET", "/none").status_code == 404
    assert graph.ask("DELETE").status_code == 404
    assert graph.ask("GET", **{"$filter": "status eq 'active'"}).status_code == 400
    graph.token = partner.token
    assert graph.ask("GET").status_code == 401


def test_durations_are_between_a_day_and_two_years() -> None:
    read = {text: days_of(text) for text in ("P1D", "P730D", "P2Y", "P1Y30D", "P0D", "P731D", "P", "PT1H")}
    assert read == {
        "P1D": 1,
        "P730D": 730,
        "P2Y": 730,
        "P1Y30D": 395,
        "P0D": None,
        "P731D": None,
        "P": None,
        "PT1H": None,
    }
