"""Exports: running, no data, two blobs, a new eTag, a dead signature."""

import gzip
import json
from typing import Any

import pytest
import requests

from sandbox.microsoft import Microsoft
from tests.sandbox.microsoft.asking import Asker

LINES = [{"EntitlementId": f"e-{number}", "BillingPreTaxTotal": 0.01 * number, "Tags": "x"} for number in range(5)]


class Caller:
    """Asks for exports with a token of the app alone."""

    def __init__(self, asker: Asker) -> None:
        scope = "https://graph.microsoft.com/.default"
        self.asker = asker
        self.token = asker.tokens(grant_type="client_credentials", scope=scope).json["access_token"]

    def ask(self, method: str, url: str, body: Any = None) -> requests.Response:
        """Call one address."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.asker.http.request(method, url, json=body, headers=headers, timeout=10)

    def begin(self, path: str, **body: Any) -> requests.Response:
        """Begin an export."""
        return self.ask("POST", f"{self.asker.base_url}/graph/v1.0/reports/partners/billing/{path}/export", body)

    def done(self, path: str, **body: Any) -> Any:
        """Begin an export and return what came of it."""
        location = self.begin(path, **body).headers["Location"]
        answers = [self.ask("GET", location) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert (answers[0].json()["status"], answers[0].headers["Retry-After"]) == ("running", "10")
        return answers[1].json()

    def blob(self, manifest: Any, name: str) -> requests.Response:
        """Fetch one blob, without any token."""
        return self.asker.http.get(f"{manifest['rootDirectory']}/{name}?{manifest['sasToken']}", timeout=10)

    def lines(self, manifest: Any) -> list[Any]:
        """Return the lines of all blobs."""
        texts = [gzip.decompress(self.blob(manifest, blob["name"]).content) for blob in manifest["blobs"]]
        return [json.loads(line) for text in texts for line in text.splitlines()]


@pytest.fixture
def graph(stranger: Asker) -> Caller:
    """A caller of Graph."""
    return Caller(stranger)


def test_export_runs_and_then_has_two_blobs(graph: Caller, microsoft: Microsoft) -> None:
    microsoft.set_billing(lines=LINES)
    done = graph.done("usage/unbilled", currencyCode="USD", billingPeriod="current", attributeSet="full")
    manifest = done["resourceLocation"]
    assert (done["status"], manifest["dataFormat"], manifest["blobCount"]) == ("succeeded", "compressedJSONLines", 2)
    assert graph.lines(manifest) == LINES
    basic = graph.done("usage/unbilled", currencyCode="USD", billingPeriod="current", attributeSet="basic")
    assert {name for line in graph.lines(basic["resourceLocation"]) for name in line} == set(LINES[0]) - {"Tags"}


def test_without_data_it_fails_with_5000(graph: Caller, microsoft: Microsoft) -> None:
    microsoft.set_billing(lines=LINES, currency="EUR", period="last")
    done = graph.done("usage/unbilled", currencyCode="USD", billingPeriod="last")
    assert (done["status"], done["error"]["code"]) == ("failed", "5000")
    assert done["@odata.type"].endswith("failedOperation")


def test_new_lines_are_a_new_etag_and_the_old_export_stays_as_it_was(graph: Caller, microsoft: Microsoft) -> None:
    asked = {"invoiceId": "G001", "attributeSet": "full"}
    microsoft.set_billing(lines=LINES, subject="reconciliation", invoice="G001")
    first, again = (graph.done("reconciliation/billed", **asked)["resourceLocation"] for _ in range(2))
    assert first["eTag"] == again["eTag"]
    microsoft.set_billing(lines=LINES[:1], subject="reconciliation", invoice="G001")
    changed = graph.done("reconciliation/billed", **asked)["resourceLocation"]
    assert changed["eTag"] != first["eTag"]
    assert (graph.lines(changed), graph.lines(first), changed["blobCount"]) == (LINES[:1], LINES, 1)


def test_signature_dies_and_the_operation_has_a_fresh_one(graph: Caller, microsoft: Microsoft) -> None:
    microsoft.behave(export_running_reads=0, sas_seconds=600)
    microsoft.set_billing(lines=LINES, invoice="G001")
    location = graph.begin("usage/billed", invoiceId="G001").headers["Location"]
    manifest = graph.ask("GET", location).json()["resourceLocation"]
    name = manifest["blobs"][0]["name"]
    assert graph.blob(manifest, name).status_code == 200
    assert graph.blob(manifest, "other").status_code == 404
    microsoft.advance(seconds=600)
    assert graph.blob(manifest, name).status_code == 403
    fresh = graph.ask("GET", location).json()["resourceLocation"]
    assert (fresh["eTag"], graph.blob(fresh, name).status_code) == (manifest["eTag"], 200)
    assert graph.blob(fresh | {"sasToken": "sig=none"}, name).status_code == 403


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("usage/billed", {}, 400),
        ("usage/unbilled", {"currencyCode": "USD"}, 400),
        ("usage/unbilled", {"currencyCode": "USD", "billingPeriod": "next"}, 400),
        ("usage/billed", {"invoiceId": "G001", "attributeSet": "half"}, 400),
        ("weather/billed", {"invoiceId": "G001"}, 404),
    ],
)
def test_incomplete_questions_are_refused(graph: Caller, path: str, body: dict[str, Any], status: int) -> None:
    assert graph.begin(path, **body).status_code == status


def test_unknown_operations_and_subjects_are_refused(graph: Caller, microsoft: Microsoft) -> None:
    base = f"{graph.asker.base_url}/graph/v1.0/reports/partners/billing"
    assert graph.ask("GET", f"{base}/operations/none").status_code == 404
    with pytest.raises(ValueError, match="subject is one of"):
        microsoft.set_billing(lines=[], subject="weather")
