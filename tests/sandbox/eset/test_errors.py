"""Refusals carry ESET's own published numbers."""

import json
from pathlib import Path

import pytest

from sandbox.eset import errors

PUBLISHED = Path(__file__).parents[4] / "shared" / "samples" / "eset" / "error_codes.json"
OURS = {"TermsOfUseNotAccepted"}  # published as a sentence


def test_each_licence_error_has_its_number_and_name() -> None:
    refused = errors.licence_error(errors.SAME_QUANTITY)
    assert (refused.status, refused.body["code"], refused.body["subCode"]) == (400, 8, 48)
    assert errors.no_page().body["subCode"] == 1
    assert (errors.maintenance().status, errors.no_rights().status) == (503, 500)


@pytest.mark.skipif(not PUBLISHED.is_file(), reason="the vendor's table lies beside the checkout only")
def test_numbers_are_those_of_the_published_table() -> None:
    tables = json.loads(PUBLISHED.read_text())
    published = {
        (int(number), name)
        for call, table in tables.items()
        if call.startswith("License/")
        for number, name in table["sub"].items()
    }
    ours = {(number, name) for number, name in errors.NAMES.items() if name not in OURS}
    assert ours <= published
