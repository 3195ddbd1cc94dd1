"""The shapes of refusals and resources."""

import json

from sandbox.microsoft.errors import PartnerCenterError, error_answer, invalid_property, written, written_in_pascal_case


def test_refusal_has_the_four_members() -> None:
    answer = error_answer(PartnerCenterError(404, 1000, "Not found"))
    body = json.loads(answer.body.decode("utf-8-sig"))
    assert (answer.status, body) == (404, {"code": 1000, "description": "Not found", "data": [], "source": "PartnerFD"})


def test_invalid_property_names_it() -> None:
    error = invalid_property("email", "is required")
    assert (error.status, error.code) == (400, 27002)
    assert error.data == ["property_name:  email", "details:  is required\n"]


def test_resource_is_written_without_nulls_and_nothing_as_nothing() -> None:
    assert written({"a": None, "b": 1}, 201).body == b'\xef\xbb\xbf{"b":1}'
    assert written(None).body == b""
    assert written_in_pascal_case({"a": 1, "b": None}).body == b'\xef\xbb\xbf{"A":1}'
