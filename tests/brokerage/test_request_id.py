"""A request's id is in its answer and in every log line that it causes."""

import logging

import pytest
from django.http import HttpResponse

from brokerage.request_id import RequestIdFilter, RequestIdMiddleware, current_id


def answer(rf, **headers) -> tuple[HttpResponse, str]:
    """The answer's id and that of a log record made while the request was at work."""
    record = logging.LogRecord("a", logging.INFO, __file__, 1, "m", (), None)

    def view(request):
        RequestIdFilter().filter(record)
        return HttpResponse(request.request_id)

    return RequestIdMiddleware(view)(rf.get("/", headers=headers)), record.request_id


def test_a_request_gets_an_id_that_its_log_lines_and_its_answer_name(rf):
    response, logged = answer(rf)
    assert response["X-Request-Id"] == response.content.decode() == logged
    assert len(logged) == 16
    assert current_id.get() == "-"


def test_two_requests_get_different_ids(rf):
    assert answer(rf)[1] != answer(rf)[1]


def test_a_proxys_id_is_kept(rf):
    assert answer(rf, x_request_id="proxy-0123456789")[1] == "proxy-0123456789"


@pytest.mark.parametrize("sent", ["short", "a" * 65, "line\nbreak-0123", "<script>0123456"])
def test_an_indecent_id_is_replaced(rf, sent):
    assert answer(rf, x_request_id=sent)[1] != sent
