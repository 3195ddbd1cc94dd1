"""The request as the panels' middleware completes it, for whoever checks types."""

from typing import Any

from django.http import HttpRequest


class PanelRequest(HttpRequest):
    """A request with who asks (`actor`, None when signed out) and what htmx said. Never made: only named in types."""

    actor: Any
    impersonator: Any
    htmx: Any
