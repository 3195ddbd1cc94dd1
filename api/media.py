"""What the API speaks: JSON:API, and for the lenient the same under plain application/json."""

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request


class JsonApi(JSONRenderer):
    """application/vnd.api+json, which the guide's examples send."""

    media_type = "application/vnd.api+json"
    format = "jsonapi"


class PlainJson(JSONRenderer):
    """The same document for clients that ask for application/json."""


class Negotiation(DefaultContentNegotiation):
    """Chooses by the Accept header only: `format` in the query string is an unknown parameter."""

    def filter_renderers(self, renderers: list[BaseRenderer], _format: str) -> list[BaseRenderer]:
        """Return all renderers, whatever the format."""
        return renderers

    def select_renderer(
        self, request: Request, renderers: list[BaseRenderer], _format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the renderer for the Accept header. Raises NotAcceptable."""
        return super().select_renderer(request, renderers, None)
