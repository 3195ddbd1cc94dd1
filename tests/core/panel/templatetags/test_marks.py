"""{% csrf_token %} draws the marks of our forms beside the token, in every template."""

import re
from types import SimpleNamespace

from django.template import engines
from django.test import RequestFactory

from core.panel.drawn import drawn_for


def drawn(text: str, request=None) -> str:
    return engines["django"].from_string(text).render({"csrf": "x"}, request)


def test_the_mark_stands_beside_the_token():
    request = RequestFactory().get("/")
    request.actor = SimpleNamespace(standing="customer:1:0:2", is_manager=False, is_customer=False)
    html = drawn("<form>{% csrf_token %}</form>", request)
    assert 'name="csrfmiddlewaretoken"' in html
    mark = re.search(r'name="drawn_for" value="([^"]+)"', html)[1]
    assert drawn_for(RequestFactory().post("/", {"drawn_for": mark})) == "customer:1:0:2"
    assert drawn("{% drawn_for %}", request) == mark


def test_without_a_request_nothing_is_drawn():
    assert drawn("{% csrf_token %}{% drawn_for %}") == ""
