"""The pages of an error."""

import re

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation

from core.panel import errors


def request_with(identifier: str = "") -> HttpRequest:
    request = RequestFactory().get("/somewhere/")
    if identifier:
        request.request_id = identifier
    return request


def quoted_id(answer: HttpResponse) -> str:
    return re.search(r"<code>(.*?)</code>", answer.content.decode()).group(1)


def heading(answer: HttpResponse) -> str:
    return re.search(r"<h1>(.*?)</h1>", answer.content.decode()).group(1)


@pytest.mark.parametrize(
    ("page", "status", "title"),
    [
        (errors.not_found, 404, "This page is not here"),
        (errors.forbidden, 403, "Your role does not allow this"),
        (errors.csrf_failure, 403, "This form was open for too long"),
        (errors.server_error, 500, "Something broke on our side"),
    ],
)
def test_each_page_says_what_happened_and_the_id_of_the_request(page: object, status: int, title: str) -> None:
    answer = page(request_with("quote-me-7"))
    assert (answer.status_code, heading(answer), quoted_id(answer)) == (status, title, "quote-me-7")


def test_a_request_without_an_id_gets_one_of_its_own() -> None:
    ids = {quoted_id(errors.server_error(request_with())) for _ in range(2)}
    assert len(ids) == 2
    assert all(re.fullmatch("[0-9a-f]{12}", one) for one in ids)


def test_an_id_is_shown_as_text() -> None:
    assert quoted_id(errors.server_error(request_with("<b>"))) == "&lt;b&gt;"


def test_an_error_speaks_the_readers_language() -> None:
    with translation.override("ru"):
        answer = errors.server_error(request_with())
    assert re.search("[а-я]", heading(answer))
    assert '<html lang="ru"' in answer.content.decode()
