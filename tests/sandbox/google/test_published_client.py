"""Google's own client, google-api-python-client, drives the sandbox end to end; no request leaves the machine.

It is a dependency of the tests alone. Its batches go to Google's own address whatever the endpoint says: none are used,
and every connection that is made is watched.
"""

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import google_auth_httplib2
import httplib2
import pytest
from google.oauth2.service_account import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from sandbox.google import Google
from sandbox.google.world import DEMO_ADMIN, SCOPES
from sandbox.wsgi import serve
from tests.sandbox.google.asking import DOMAIN, STARTER, customer_of, registered, user_of, wish
from tests.sandbox.google.signing import key_file

USED = ("apps.order", "admin.directory.user", "siteverification", "apps.licensing", "admin.reports.usage.readonly")


@pytest.fixture
def asked_hosts(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every address to which a connection was made."""
    hosts: list[Any] = []
    connect = socket.socket.connect

    def watched(self: socket.socket, address: Any) -> None:
        hosts.append(address)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", watched)
    return hosts


class Apis:
    """Google's clients of its APIs over one service account."""

    def __init__(self, base_url: str) -> None:
        info = json.loads(key_file(token_uri=f"{base_url}/token"))
        scopes = [SCOPES + name for name in USED]
        self.credentials = Credentials.from_service_account_info(info, scopes=scopes, subject=DEMO_ADMIN)
        self.base_url = base_url

    def __call__(self, name: str, version: str, *, below: str = "") -> Any:
        """Return the client of an API, built from the discovery document in the package.

        `below` is the document's servicePath, where it has one: the endpoint option takes its place too.
        """
        http = google_auth_httplib2.AuthorizedHttp(self.credentials, http=httplib2.Http(timeout=10))
        options = {"api_endpoint": f"{self.base_url}/{below}"}
        return build(name, version, http=http, static_discovery=True, client_options=options)


@pytest.fixture
def google() -> Google:
    """A pretend Google that knows the demo's service account."""
    return registered(Google())


@pytest.fixture
def apis(google: Google) -> Iterator[Apis]:
    """Google's own clients of it."""
    with serve(google) as running:
        yield Apis(running.base_url)


def test_googles_own_client_sells_changes_counts_and_ends(google: Google, apis: Apis, asked_hosts: list[Any]) -> None:
    sites, reseller, directory = (
        apis("siteVerification", "v1", below="siteVerification/v1/"),
        apis("reseller", "v1"),
        apis("admin", "directory_v1"),
    )
    site = {"type": "INET_DOMAIN", "identifier": DOMAIN}
    record = sites.webResource().getToken(body={"site": site, "verificationMethod": "DNS_TXT"}).execute()
    assert record["token"].startswith("google-site-verification=")
    with pytest.raises(HttpError) as free:
        reseller.customers().get(customerId=DOMAIN).execute()
    assert (free.value.status_code, free.value.error_details[0]["reason"]) == (404, "notFound")
    customer = reseller.customers().insert(body=customer_of()).execute()["customerId"]
    user = directory.users().insert(body=user_of(f"admin@{DOMAIN}")).execute()
    directory.users().makeAdmin(userKey=user["id"], body={"status": True}).execute()
    assert directory.users().get(userKey=f"admin@{DOMAIN}").execute()["isAdmin"] is True
    bought = reseller.subscriptions().insert(customerId=customer, body=wish("FLEXIBLE", 5)).execute()
    assert bought["suspensionReasons"] == ["PENDING_TOS_ACCEPTANCE"]
    google.place_record(domain=DOMAIN)
    body = {"site": site, "owners": [f"admin@{DOMAIN}"]}
    made = sites.webResource().insert(verificationMethod="DNS_TXT", body=body).execute()
    assert sites.webResource().list().execute()["items"] == [made]
    google.accept_terms(domain=DOMAIN)
    one = {"customerId": customer, "subscriptionId": bought["subscriptionId"]}
    _changed(google, reseller, one)
    _counted(google, apis, customer)
    assert reseller.subscriptions().delete(**one, deletionType="cancel").execute() == ""
    assert reseller.subscriptions().get(**one).execute()["status"] == "CANCELLED"
    assert asked_hosts
    assert {address[0] for address in asked_hosts if isinstance(address, tuple)} == {"127.0.0.1"}


def _changed(google: Google, reseller: Any, one: dict[str, str]) -> None:
    subscriptions = reseller.subscriptions()
    google.use(domain=DOMAIN, sku=STARTER, users=2)
    with pytest.raises(HttpError) as refused:
        subscriptions.changeSeats(**one, body={"maximumNumberOfSeats": 1}).execute()
    assert refused.value.error_details[0]["reason"] == "invalid"
    seats = subscriptions.changeSeats(**one, body={"maximumNumberOfSeats": 3}).execute()["seats"]
    assert (seats["maximumNumberOfSeats"], seats["licensedNumberOfSeats"]) == (3, 2)
    assert subscriptions.suspend(**one).execute()["suspensionReasons"] == ["RESELLER_INITIATED"]
    assert subscriptions.activate(**one).execute()["status"] == "ACTIVE"
    plan = {"planName": "ANNUAL_MONTHLY_PAY", "seats": {"numberOfSeats": 3}}
    assert subscriptions.changePlan(**one, body=plan).execute()["plan"]["planName"] == "ANNUAL"
    renewal = subscriptions.changeRenewalSettings(**one, body={"renewalType": "CANCEL"}).execute()
    assert renewal["renewalSettings"]["renewalType"] == "CANCEL"
    listed = subscriptions.list(customerId=one["customerId"], maxResults=10).execute()
    assert [row["subscriptionId"] for row in listed["subscriptions"]] == [one["subscriptionId"]]
    assert reseller.customers().patch(customerId=DOMAIN, body={"phoneNumber": "+14255550100"}).execute()["phoneNumber"]


def _counted(google: Google, apis: Apis, customer: str) -> None:
    licences = apis("licensing", "v1").licenseAssignments()
    asked = {"productId": "Google-Apps", "skuId": STARTER}
    assert len(licences.listForProductAndSku(**asked, customerId=DOMAIN).execute()["items"]) == 2
    licences.insert(**asked, body={"userId": f"third@{DOMAIN}"}).execute()
    day = datetime.fromtimestamp(google.world.now(), UTC).date() - timedelta(days=4)
    told = apis("admin", "reports_v1").customerUsageReports().get(date=str(day), customerId=customer).execute()
    assert told["kind"] == "admin#reports#usageReports"
