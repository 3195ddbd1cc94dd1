"""Replies of the Web API: the published ones, and what is none."""

from pathlib import Path

import pytest

from vendors.drweb.replies import Reply, UnreadableReply, number, same_id

ROOT = Path(__file__).parents[3]
PUBLISHED = ROOT.parent / "shared" / "samples" / "drweb"
OWN = ROOT / "tests" / "sandbox" / "fixtures" / "drweb"
SAMPLES = [path for place in (OWN, PUBLISHED) if place.is_dir() for path in sorted(place.glob("*.xml"))]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parts[-2]}-{path.stem}")
def test_published_replies_are_read_the_sister_products_root_too(path: Path) -> None:
    reply = Reply(path.read_bytes())
    assert not reply.refused
    assert len(list(reply.root)) >= 1


def test_older_releases_say_true_by_another_attribute() -> None:
    assert not Reply(b'<avdesk-xml-api api="2.2.0" rc="true"/>').refused
    assert Reply(b'<avdesk-xml-api api="2.2.0" rc="false"/>').refused


def test_refusal_has_a_number_and_a_sentence() -> None:
    text = (
        '<drweb-avdesk-api status="false"><error><errno>36</errno><message> Нет </message></error></drweb-avdesk-api>'
    )
    reply = Reply(text.encode())
    assert (reply.refused, reply.error) == (True, ("36", "Нет"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"<html><body>blocked</body></html>",
        b'<drweb-avdesk-api status="tr',
        b"<drweb-avdesk-api/>",
        b'<drweb-avdesk-api status="yes"/>',
        b'<!DOCTYPE r [<!ENTITY x "y">]><drweb-avdesk-api status="true">&x;</drweb-avdesk-api>',
        b'<!DOCTYPE r SYSTEM "file:///etc/passwd"><drweb-avdesk-api status="true"/>',
        "\ufeff<drweb-avdesk-api".encode("utf-16"),
        *(
            f"<?xml version='1.0' encoding='{name}'?><drweb-avdesk-api status='true'/>".encode()
            for name in ("none-such", "shift_jis", "zlib", "idna")
        ),
    ],
)
def test_what_is_no_reply_is_not_taken_for_one(content: bytes) -> None:
    with pytest.raises(UnreadableReply):
        Reply(content)


def test_only_one_and_numbers_are_demanded_where_they_are_needed() -> None:
    reply = Reply(b'<drweb-avdesk-api status="true"><a>12</a><b/><b/><c>x</c></drweb-avdesk-api>')
    assert (reply.number("a"), reply.one("a").text, reply.text("none")) == (12, "12", "")
    for look in (
        lambda: reply.one("b"),
        lambda: reply.number("c"),
        lambda: reply.one("none"),
        lambda: number("-1", "x"),
        lambda: number("9" * 5000, "x"),
    ):
        with pytest.raises(UnreadableReply):
            look()


def test_ids_are_the_same_in_any_case() -> None:
    assert same_id("AB-1", "ab-1")
    assert not same_id("AB-1", "ab-2")
