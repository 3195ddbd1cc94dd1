"""What came of an action, as the answer to a browser."""

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest
from django.test import RequestFactory

from vendors.acted import answer_of
from vendors.capabilities import Document, Link, Said


@pytest.fixture
def request_(rf: RequestFactory) -> HttpRequest:
    """A request that can keep a message."""
    made = rf.post("/")
    made._messages = CookieStorage(made)
    return made


def test_a_sentence_stands_on_the_page_that_it_leads_back_to(request_: HttpRequest) -> None:
    answer = answer_of(request_, Said("The mail was sent to %(address)s once more.", {"address": "a@b.c"}), back="/x/")
    assert (answer.status_code, answer["Location"]) == (302, "/x/")
    assert [str(message) for message in get_messages(request_)] == ["The mail was sent to a@b.c once more."]


def test_a_file_is_handed_out_and_kept_by_no_cache(request_: HttpRequest) -> None:
    answer = answer_of(request_, Document("shop.example.pem", b"PEM", "application/x-pem-file"), back="/x/")
    assert b"".join(answer.streaming_content) == b"PEM"  # type: ignore[attr-defined]  # a file's answer
    assert answer["Content-Disposition"] == 'attachment; filename="shop.example.pem"'
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/x-pem-file", "no-store")


def test_a_link_that_is_no_page_is_not_offered(request_: HttpRequest) -> None:
    answer = answer_of(request_, Link("javascript:alert(1)"), back="/x/")
    assert (answer.status_code, answer["Location"]) == (302, "/x/")
    assert [str(message) for message in get_messages(request_)] == [
        "The vendor's link leads to no page of the web. Ask your provider."
    ]
