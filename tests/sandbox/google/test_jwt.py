"""Assertions: taken apart, and known by who signed them."""

import pytest

from sandbox.google.jwt import Assertion
from tests.sandbox.google.signing import assertion, public


def test_an_assertion_is_known_by_its_key_alone() -> None:
    read = Assertion.read(assertion(iss="someone"))
    assert read.claims["iss"] == "someone"
    assert read.is_signed_by(public())
    assert not read.is_signed_by(public("another"))
    assert not Assertion.read(assertion(header={"alg": "none"})).is_signed_by(public())


@pytest.mark.parametrize("text", ["", "a.b", "e30.e30.QQ==", "e30.WzFd.QQ", "?.?.?"])
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="no JWT"):
        Assertion.read(text)


def test_a_changed_claim_breaks_the_signature() -> None:
    head, _claims, signature = assertion().split(".")
    other = assertion(sub="somebody@else.example").split(".")[1]
    assert not Assertion.read(f"{head}.{other}.{signature}").is_signed_by(public())
