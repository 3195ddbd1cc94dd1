"""Addresses that a form is sent to: opened by hand they lead to the page of the form, not to a bare 405."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed

View = Callable[..., HttpResponseBase]
READING = frozenset({"GET", "HEAD"})


def posted(page: Callable[..., HttpResponseBase]) -> Callable[[View], View]:
    """Return the decorator of a view that takes POST only; `page` answers who opens its address.

    A bookmark, a reload after signing in again, or a link from a log: nothing is done, `page(request, *args, **kwargs)`
    leads to where the form stands. It asks for no rights and reads no rows, the page that it leads to does.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def only_posted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method in READING:
                return page(request, *args, **kwargs)
            if request.method != "POST":
                return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
            return view(request, *args, **kwargs)

        only_posted.posted = True  # type: ignore[attr-defined]  # read by tests/security/sweeps/test_every_address.py
        return only_posted

    return decorate
