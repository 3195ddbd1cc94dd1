"""Troubles of the pretend Google, in its words."""

import pytest
import requests

from sandbox.google import Google
from tests.sandbox.google.asking import RESELLER, Asker

LISTED = f"{RESELLER}/subscriptions"


@pytest.mark.parametrize(
    ("kind", "details", "answer"),
    [
        ("quota", {}, (403, "quotaExceeded")),
        ("quota", {"reason": "dailyLimitExceeded"}, (403, "dailyLimitExceeded")),
        ("refused", {}, (400, "invalid")),
        ("refused", {"status": 412, "reason": "conditionNotMet"}, (412, "conditionNotMet")),
        ("throttle", {}, (429, "quotaExceeded")),
        ("error_before", {}, (500, "backendError")),
        ("not_found", {}, (404, "notFound")),
    ],
)
def test_each_in_its_words(asker: Asker, google: Google, kind: str, details: dict, answer: tuple[int, str]) -> None:
    google.fail(kind, path=RESELLER, **details)
    assert asker.refused("GET", LISTED) == answer
    assert asker.send("GET", LISTED).ok, "once"


def test_gateways_and_lost_lines(asker: Asker, google: Google) -> None:
    google.fail("error_before", path=RESELLER, status=502)
    assert "text/html" in asker.send("GET", LISTED).headers["Content-Type"]
    google.fail("anothers_after", path=RESELLER)
    assert asker.send("GET", LISTED).json()["kind"] == "another-reseller#subscriptions"
    google.fail("drop_after", path=RESELLER)
    with pytest.raises(requests.ConnectionError):
        asker.send("GET", LISTED)
    assert google.requests_seen()[-1]["status"] is None


def test_switches_of_the_apis(asker: Asker, google: Google) -> None:
    google.behave(api_enabled=False)
    assert asker.refused("GET", LISTED) == (403, "accessNotConfigured")
    google.behave(api_enabled=True, calls_a_day=1)
    assert asker.refused("GET", LISTED) == (403, "dailyLimitExceeded")


def test_what_is_not_served_and_what_is_no_json(asker: Asker) -> None:
    assert asker.refused("GET", f"{RESELLER}/nothing") == (404, "notFound")
    headers = {"Authorization": f"Bearer {asker.token}"}
    answer = requests.post(f"{asker.base_url}{RESELLER}/customers", data=b"{", headers=headers, timeout=10)
    assert answer.json()["error"]["errors"][0]["reason"] == "parseError"
