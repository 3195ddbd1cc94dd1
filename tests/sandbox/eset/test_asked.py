"""Input that is missing or malformed is refused member by member; absent and empty are told apart."""

import pytest
import requests

from sandbox.eset.asked import Asked
from sandbox.eset.errors import EsetError
from sandbox.wsgi import Request
from tests.sandbox.eset.asking import Asker


def asked(body: bytes) -> Asked:
    return Asked(Request("POST", "/api/x", "", {}, {}, body))


def test_members_are_read_in_any_case_and_absent_is_not_empty() -> None:
    body = asked(b'{"Name": "Acme", "comment": "", "take": 5, "from": "2026-11-29", "codes": ["105"]}')
    assert (body.required("name"), body.number("TAKE"), body.texts("codes")) == ("Acme", 5, ["105"])
    assert (body.has("comment"), body.has("email"), body.text("email")) == (True, False, "")
    assert body.day("from").isoformat() == "2026-11-29"


@pytest.mark.parametrize(
    ("method", "name"),
    [("required", "none"), ("text", "number"), ("number", "text"), ("day", "text"), ("texts", "text")],
)
def test_what_is_not_as_it_has_to_be_is_named(method: str, name: str) -> None:
    body = asked(b'{"number": 5, "text": "x"}')
    with pytest.raises(EsetError) as refusal:
        getattr(body, method)(name)
    assert refusal.value.body == {name: ["The input was not valid."]}


def test_a_body_that_is_no_object_is_refused(msp: Asker) -> None:
    for body in (b"[1]", b"{"):
        headers = {"Authorization": f"Bearer {msp.token}"}
        answer = requests.post(f"{msp.base_url}/api/License/Detail", data=body, headers=headers, timeout=10)
        assert (answer.status_code, answer.json()) == (400, {"request": ["The input was not valid."]})


def test_a_page_has_a_hundred_rows_at_most(msp: Asker) -> None:
    for skip, take, wrong in ((0, 0, {"take"}), (0, 101, {"take"}), (-1, 0, {"skip", "take"})):
        answer = msp.raw("Search/Companies", {"keyword": "", "skip": skip, "take": take})
        assert (answer.status_code, set(answer.json())) == (400, wrong)
