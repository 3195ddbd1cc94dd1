"""Envelopes of XCP, read and written."""

import pytest

from sandbox.opensrs.xcp import UnreadableError, read_command, reply, written
from tests.sandbox.opensrs.asking import envelope, read


def test_maps_arrays_and_texts_come_through_in_the_order_of_their_numbers() -> None:
    numbered = "".join(f'<item key="{number}">{number}</item>' for number in (10, 2, 0))
    body = envelope("Get_Products", {"name": "a & b", "list": "@"}).replace(
        b"@", f"<dt_array>{numbered}</dt_array>".encode()
    )
    command = read_command(body)
    assert (command.action, command.object) == ("get_products", "trust_service")
    assert command.attributes == {"name": "a & b", "list": ["0", "2", "10"]}


@pytest.mark.parametrize("body", [b"", b"<html>", b"<OPS_envelope/>", envelope("x", "text"), b'{"action": "x"}'])
def test_what_is_no_envelope_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_command(body)


def test_an_answer_is_read_by_another_reader() -> None:
    answer = reply("trust_service", 200, "Done & kept", {"list": [{"a": "1"}], "none": []})
    members = read(answer.body)
    assert members["attributes"] == {"list": [{"a": "1"}], "none": []}
    assert (members["object"], members["is_success"], members["response_text"]) == ("TRUST_SERVICE", "1", "Done & kept")
    assert answer.body.startswith(b"<?xml version='1.0' encoding='UTF-8' standalone='no' ?>\n<!DOCTYPE OPS_envelope")
    assert written({"a": "<"}) == "<dt_assoc><item key='a'>&lt;</item></dt_assoc>"
