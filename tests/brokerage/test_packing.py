"""Pages and texts go out packed, files that are packed already as they are; lengths say nothing of what they hold."""

import gzip

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client

from brokerage.packing import PackingMiddleware

TEXT = b"<p>The same words again and again.</p>" * 100


@pytest.mark.django_db
def test_a_page_is_packed_for_whoever_takes_it():
    client = Client()
    packed = client.get("/accounts/login/", headers={"accept-encoding": "gzip, br"})
    plain = client.get("/accounts/login/")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert b"csrfmiddlewaretoken" in gzip.decompress(packed.content)
    assert len(packed.content) < len(plain.content) / 2
    assert "Content-Encoding" not in plain.headers


@pytest.mark.parametrize(
    ("content_type", "packs"),
    [
        ("text/html; charset=utf-8", True),
        ("text/csv; charset=utf-8", True),
        ("application/vnd.api+json", True),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", False),
        ("application/pdf", False),
        ("image/png", False),
    ],
)
def test_texts_are_packed_and_files_are_not(rf, content_type, packs):
    for answer in (HttpResponse(TEXT, content_type=content_type), StreamingHttpResponse([TEXT], content_type)):
        packing = PackingMiddleware(lambda _request, answer=answer: answer)
        sent = packing(rf.get("/", headers={"accept-encoding": "gzip"}))
        assert ("Content-Encoding" in sent.headers) == packs
        content = b"".join(sent)
        assert (gzip.decompress(content) if packs else content) == TEXT


def test_the_length_of_a_packed_answer_is_left_to_chance(rf):
    packing = PackingMiddleware(lambda _request: HttpResponse(TEXT))
    lengths = {len(packing(rf.get("/", headers={"accept-encoding": "gzip"})).content) for _time in range(40)}
    assert len(lengths) > 5
