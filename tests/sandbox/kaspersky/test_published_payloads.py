"""The sandbox takes the published requests, and answers with the published members.

Published ones are read from ../shared/samples/kaspersky where that folder exists.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.kaspersky import Kaspersky
from tests.sandbox.kaspersky.asking import Asker

PUBLISHED = Path(__file__).parents[3].parent / "shared" / "samples" / "kaspersky"
REQUESTS = sorted(PUBLISHED.glob("korm_*_request.json"))

pytestmark = pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the published payloads are not on this machine")


def published(path: Path) -> Any:
    """Return what a published client sends."""
    return json.loads(path.read_text())


@pytest.mark.parametrize("path", REQUESTS, ids=lambda path: path.stem)
def test_published_requests_are_carried_out(path: Path, asker: Asker, kaspersky: Kaspersky) -> None:
    made, call, body = asker.made()["SubscriptionId"], path.stem.split("_")[1], published(path)
    kaspersky.advance(days=25)
    assert asker.refused(call, **body) == (404, "Subscription was not found.")
    asker.told(call, **{**body, "SubscriptionId": made})
    assert kaspersky.counts()["running"] == (0 if call == "hardcancel" else 1)


def test_answers_have_the_published_members(asker: Asker) -> None:
    names = published(PUBLISHED / "korm_names_seen_in_clients.json")
    made = asker.made()
    assert sorted(made) == sorted(names["create.response"])
    assert set(names["getdetails.response"]) <= set(asker.details(made["SubscriptionId"]))
    assert sorted(asker.post("create").json()) == sorted(names["error"])
