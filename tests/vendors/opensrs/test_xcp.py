"""Envelopes of XCP: written, signed, and read without trust."""

from pathlib import Path

import pytest

from vendors.opensrs.xcp import UnreadableError, command, listed, read, signature

PUBLISHED = Path(__file__).parents[3].parent / "shared" / "samples" / "opensrs" / "cancel_order_response.xml"
# As the vendor writes answers, its DOCTYPE naming a file that is not there.
ANSWER = """<?xml version='1.0' encoding='UTF-8' standalone='no'?>
<!DOCTYPE OPS_envelope SYSTEM 'ops.dtd'>
<OPS_envelope><header><version>0.9</version></header><body><data_block><dt_assoc>
 <item key='protocol'>XCP</item><item key='is_success'>1</item><item key='response_code'>200</item>
 <item key='response_text'>Done</item><item key='attributes'><dt_assoc>%s</dt_assoc></item>
</dt_assoc></data_block></body></OPS_envelope>"""


def test_an_answer_with_a_doctype_is_read() -> None:
    reply = read((ANSWER % "<item key='state'>declined</item>").encode())
    assert (reply.is_success, reply.code, reply.text, reply.attributes) == (True, "200", "Done", {"state": "declined"})


@pytest.mark.skipif(not PUBLISHED.is_file(), reason="the published payloads are not on this machine")
def test_the_published_answer_is_read() -> None:
    reply = read(PUBLISHED.read_bytes())
    assert reply.attributes == {"domain": "example.ru", "order_id": "5555", "state": "declined"}


@pytest.mark.parametrize("count", [0, 1, 2, 12])
def test_an_array_is_a_list_however_many_it_holds_in_the_order_of_its_numbers(count: int) -> None:
    items = "".join(
        f"<item key='{number}'><dt_assoc><item key='n'>{number}</item></dt_assoc></item>"
        for number in sorted(range(count), key=str)
    )
    reply = read((ANSWER % f"<item key='list'><dt_array>{items}</dt_array></item>").encode())
    assert [row["n"] for row in listed(reply.attributes["list"])] == [str(number) for number in range(count)]


def test_line_ends_inside_a_value_stay() -> None:
    assert read((ANSWER % "<item key='csr'>a\nb</item><item key='e'/>").encode()).attributes == {"csr": "a\nb", "e": ""}


ENTITIES = ANSWER.replace("SYSTEM 'ops.dtd'", "[<!ENTITY a 'x'>]") % "<item key='a'>&a;</item>"
FOREIGN = ANSWER.replace("SYSTEM 'ops.dtd'", "[<!ENTITY a SYSTEM 'file:///etc/passwd'>]") % "<item key='a'>&a;</item>"
DEEP = ANSWER % ("<item key='a'><dt_assoc>" * 50 + "</dt_assoc></item>" * 50)


ENCODINGS = [f"<?xml version='1.0' encoding='{name}'?>" + ANSWER[ANSWER.index("<!DOCTYPE") :] % "" for name in
             ("none-such", "utf-16", "shift_jis", "zlib", "idna")]  # fmt: skip


@pytest.mark.parametrize(
    "content",
    ["", "{}", "<html/>", ANSWER[:200], ANSWER.replace("XCP", "X") % "", ENTITIES, FOREIGN, DEEP, "\x00", *ENCODINGS],
)
def test_what_is_no_answer_or_tries_something_is_refused(content: str) -> None:
    with pytest.raises(UnreadableError):
        read(content.encode())


def test_a_number_without_an_end_is_no_fault_and_what_xml_may_not_hold_is_not_sent() -> None:
    endless = f"<item key='a'><dt_array><item key='{'9' * 5000}'>x</item></dt_array></item>"
    assert read((ANSWER % endless).encode()).attributes == {"a": ["x"]}
    assert command("a", {"b": "\x00c\x0b\ud800\n"}).count("\ufffd".encode()) == 3


def test_what_is_signed_is_exactly_what_is_sent() -> None:
    body = command("sw_register", {"a": "<&'\"", "list": ["x", {"b": "ю"}]})
    assert "ю".encode() in body
    assert b'<item key="a">&lt;&amp;\'"</item>' in body
    assert b'<dt_array><item key="0">x</item><item key="1"><dt_assoc>' in body
    assert not body.endswith(b"\n")
    assert signature(b"body", "key") == "3eb44c9b7b86479161e3d1c4ccd87b31"
    assert signature(body, "key") != signature(body + b"\n", "key")
    assert listed("") == []
    assert listed({"a": "b"}) == [{"a": "b"}]
