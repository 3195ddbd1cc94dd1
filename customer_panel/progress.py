"""Pages about something that is being done: they look again by themselves until it is done."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import AccessLevel


def show_progress(request: HttpRequest, template: str, context: Mapping[str, Any], *, busy: bool) -> HttpResponse:
    """Answer with the page; the script of a busy page asks again and is told to load it anew once it is not.

    Without scripts the page says that it may be left and opened again.
    """
    if request.htmx and not request.htmx.boosted:
        answer = HttpResponse(status=204)
        if not busy:
            answer["HX-Refresh"] = "true"
        return answer
    # Messages go to the account's owner and admins (notifications/events.py): nobody else is promised one.
    hears = request.actor.access_level in (AccessLevel.OWNER, AccessLevel.ADMIN)
    return render(request, template, {**context, "busy": busy, "hears": hears})
