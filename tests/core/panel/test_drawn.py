"""The mark of whom a form was drawn for."""

from types import SimpleNamespace

import pytest
from django.test import RequestFactory

from core.panel.drawn import NOBODY, drawn_for, mark_for


def request_of(standing: str | None, **sent: str):
    request = RequestFactory().post("/", sent)
    request.actor = SimpleNamespace(standing=standing) if standing else None
    return request


@pytest.mark.parametrize("standing", ["customer:1:0:2", None])
def test_a_mark_is_read_back(standing):
    mark = mark_for(request_of(standing))
    assert drawn_for(request_of(None, drawn_for=mark)) == (standing or NOBODY)
    assert drawn_for(RequestFactory().post("/", headers={"X-Drawn-For": mark})) == (standing or NOBODY)


def test_another_hands_mark_is_none():
    assert drawn_for(request_of(None)) is None
    assert drawn_for(request_of(None, drawn_for="customer:1:0:2")) is None
    assert drawn_for(request_of(None, drawn_for=mark_for(request_of("a")).replace("a", "b", 1))) is None
