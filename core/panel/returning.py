"""The way back to a narrowed list: from a row to its object, to what is done there, and back to the list as it was.

A row of a narrowed list leads to its object with the list's address as `back`; the object's buttons, tabs and forms
carry it along. A deed that would lead back to the object it was done to leads to the list instead (decision 40).
"""

from collections.abc import Callable
from urllib.parse import parse_qs, quote, urlsplit

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

BACK = "back"
# A longer address would make those that carry it longer than servers read.
LONGEST = 1_500
PANELS = ("operator", "customer")


def came_from(request: HttpRequest) -> str:
    """Return the address of the list behind the page; "" for none, and for what is no page of our own panels."""
    return safe(request.GET.get(BACK, ""))


def safe(address: str) -> str:
    """Return the address where it is a path of a panel on this very host, else ""."""
    if not address.startswith("/") or len(address) > LONGEST or not address.isprintable():
        return ""
    if not url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return ""
    try:
        found = resolve(urlsplit(address).path)
    except (Resolver404, ValueError):
        return ""
    return address if found.namespace in PANELS else ""


def behind(address: str) -> str:
    """Return what a link adds to carry the list's address; nothing for an address too long to be carried."""
    return f"{BACK}={quote(address, safe='/')}" if address and len(address) <= LONGEST else ""


def along(url: str, back: str) -> str:
    """Return the address with the way back; as it is where there is none, it has one, or it leaves the panels."""
    if not back or not safe(url):
        return url
    path, _query, asked = url.partition("?")
    if path == urlsplit(back).path:
        return back if not asked else url
    if BACK in parse_qs(asked):
        return url
    return f"{url}{'&' if asked else '?'}{behind(back)}"


class ReturningMiddleware:
    """Leads what was done back to the list that its page was opened from.

    Only where the deed leads to its own object anyway, or to the list; where it leads on (to a new order), the way back
    goes along. A page that is posted to itself (the choices of a list) stays.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and point a redirect after a deed to where the person came from."""
        answer = self.get_response(request)
        back = came_from(request) if BACK in request.GET and 300 <= answer.status_code < 400 else ""
        if not back or not isinstance(answer, HttpResponse):
            return answer
        path = urlsplit(answer.headers["Location"]).path
        if path == request.path:
            return answer
        deed = request.method == "POST"
        led_back = deed and request.path.startswith(path) and path != "/"
        answer.headers["Location"] = back if led_back else along(answer.headers["Location"], back)
        return answer
