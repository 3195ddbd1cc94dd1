"""What is ESET's own word, and which sentence a number becomes."""

import json
from typing import Any

import pytest
from requests import Response

from vendors.errors import NotFound
from vendors.eset.refusals import SENTENCES, is_numbered, lowered, refusal_of, words_of


def answered(body: Any) -> Response:
    response = Response()
    response._content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return response


def test_own_words_have_numbers_or_say_what_is_wrong_with_each_member() -> None:
    assert words_of(answered({"Code": 8, "SubCode": 48})) == {"code": 8, "subcode": 48}
    assert words_of(answered({"quantity": ["wrong"]})) == {"quantity": ["wrong"]}
    for other in ({"message": "Forbidden"}, {}, [], {"quantity": []}, {"code": "8", "subCode": 48}, b"<html>", b""):
        assert words_of(answered(other)) is None
    assert is_numbered(answered({"code": 8, "subCode": 1}))
    assert not is_numbered(answered({"quantity": ["wrong"]}))
    assert not is_numbered(None)


@pytest.mark.parametrize("number", sorted(SENTENCES))
def test_known_numbers_are_told_with_a_remedy(number: int) -> None:
    told = refusal_of({"code": 8, "subcode": number, "message": "X"}, status=400, server="eset", sought="License/Order")
    assert (told.code, str(told)) == (f"8/{number}", SENTENCES[number])


def test_other_numbers_are_told_in_esets_words() -> None:
    told = refusal_of({"code": 2, "subcode": 30, "message": "Password"}, status=400, server="eset", sought="x")
    assert (told.code, str(told)) == ("2/30", "ESET refused: Password")
    invalid = refusal_of({"quantity": ["was not valid."], "name": ["too long"]}, status=400, server="eset", sought="x")
    assert str(invalid) == "ESET refused: quantity: was not valid.; name: too long"
    missing = refusal_of({"code": 1, "subcode": 4}, status=404, server="eset", sought="License/Detail/ABC")
    assert isinstance(missing, NotFound)
    assert missing.sought == "License/Detail/ABC"


def test_members_are_read_in_lower_case_at_every_depth() -> None:
    assert lowered({"Search": [{"PublicLicenseKey": "A"}], "n": 1}) == {"search": [{"publiclicensekey": "A"}], "n": 1}
