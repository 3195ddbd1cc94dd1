"""Packs what is sent as text: pages, fragments, the API's answers, CSV. What is packed already is left alone."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

# By the beginning of the content type: what packing makes several times smaller.
TEXTS = ("text/", "application/json", "application/vnd.api+json", "application/vnd.oai.openapi", "application/yaml")


class PackingMiddleware(GZipMiddleware):
    """Gzip for texts, where the browser takes it.

    Whoever watches lengths and may put text of their own into a page could guess a secret beside it (BREACH). The
    tokens of forms are masked anew for every page, and Django adds up to max_random_bytes of chance to every packed
    answer, so that lengths tell nothing (decision 35).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Return the answer, packed where it is a text."""
        if not response.headers.get("Content-Type", "").startswith(TEXTS):
            return response
        packed: HttpResponseBase = super().process_response(request, response)
        return packed
