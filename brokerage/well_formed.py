"""What no browser and no client of ours sends is answered, or passed over, before anything reads it."""

import codecs
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from brokerage.failures import answer, not_found
from core.fitting import is_text

UTF_8 = codecs.lookup("utf-8").name
ASCII = codecs.lookup("ascii").name


class WellFormedMiddleware:
    """Takes texts in UTF-8 alone, and none with characters that PostgreSQL cannot keep in an address or a cookie.

    Django reads query and form in whatever charset the Content-Type names: in UTF-16 and UTF-7 the same bytes are other
    parameters, and a charset that is unknown was taken for none.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer 415 to another charset, 404 to an address that is no text; forget such cookies."""
        charset = (request.content_params or {}).get("charset", "utf-8")
        if _name_of(charset) not in (UTF_8, ASCII):
            return answer(request, 415, "charset", _("Only UTF-8 is understood"), _("Send the request in UTF-8."))
        if not is_text(request.path_info):
            return not_found(request)
        for name, value in list(request.COOKIES.items()):
            if not is_text(value):
                del request.COOKIES[name]
        return self.get_response(request)


def _name_of(charset: str) -> str:
    try:
        return codecs.lookup(charset.strip("'\" ")).name
    except (LookupError, ValueError):
        return ""
