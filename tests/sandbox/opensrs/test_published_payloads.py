"""The sandbox reads the published requests, and its answers have the members of the published answers.

Published ones are read from ../shared/samples/opensrs where that folder exists.
"""

from pathlib import Path
from typing import Any

import pytest

from sandbox.opensrs import OpenSRS
from sandbox.opensrs.xcp import read_command
from tests.sandbox.opensrs.asking import Asker, envelope, read

PUBLISHED = Path(__file__).parents[3].parent / "shared" / "samples" / "opensrs"
REQUESTS = sorted(PUBLISHED.glob("*_request.xml"))

pytestmark = pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the published payloads are not on this machine")


@pytest.mark.parametrize("path", REQUESTS, ids=lambda path: path.stem)
def test_published_requests_are_read(path: Path) -> None:
    command = read_command(path.read_bytes())
    assert command.object == "trust_service"
    assert command.attributes


def published(name: str) -> Any:
    """Return the members of a published answer."""
    return read((PUBLISHED / f"{name}_response.xml").read_bytes())


def test_answers_have_the_published_members(asker: Asker, opensrs: OpenSRS) -> None:
    order = asker.told("sw_register", **asker.order())["order_id"]
    issued = asker.issued("www.example.org")
    calls: dict[str, tuple[str, dict[str, Any]]] = {
        "parse_csr": ("parse_csr", {"csr": issued["csr"], "product_type": "positivessl"}),
        "register_new_service": ("sw_register", asker.order()),
        "resend_approve_email": ("resend_approve_email", {"order_id": order}),
        "resend_cert_email": ("resend_cert_email", {"order_id": issued["order_id"]}),
        "get_product_info": ("get_product_info", {"product_id": issued["product_id"]}),
        "cancel_order": ("cancel_order", {"order_id": order}),
    }
    for name, (action, attributes) in calls.items():
        theirs, ours = published(name), read(asker.post(envelope(action, attributes)).content)
        assert {**ours, "attributes": None} == {**theirs, "attributes": None}, name
        assert shape(ours["attributes"]) == shape(theirs["attributes"]), name


def shape(value: Any) -> Any:
    """Return the members of a value without what they say."""
    return {name: shape(inner) for name, inner in value.items()} if isinstance(value, dict) else type(value)
