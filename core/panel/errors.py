"""The pages of an error: what happened, what was kept, and an id to quote."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404: nothing is here, or nothing that the reader may see."""
    return _page(
        request, 404, _("This page is not here"),
        _("The address is wrong, or what it shows is not yours to see. Nothing was changed."),
    )  # fmt: skip


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403: the reader's role does not allow this."""
    return _page(
        request, 403, _("Your role does not allow this"),
        _("Nothing was changed. A system administrator can give you the role that this page needs."),
    )  # fmt: skip


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form that came without its token: the page was open for long, or cookies are off."""
    return _page(
        request, 403, _("This form was open for too long"),
        _("Nothing was changed. Go back, reload the page and send the form again; cookies must be allowed."),
    )  # fmt: skip


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 without touching the database, which may be the reason; the whole request was rolled back."""
    return page_without_database(
        request, 500, _("Something broke on our side"),
        _("What you were doing was not saved; everything from before is kept. Please try again."),
    )  # fmt: skip


def page_without_database(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    """Answer with a page that asks the database for nothing: neither who reads it nor in which theme."""
    context = {"title": title, "text": text, "error_id": _error_id(request), "theme": "auto", "status": status}
    return HttpResponse(render_to_string("error.html", context), status=status)


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    context = {"title": title, "text": text, "error_id": _error_id(request), "status": status}
    return render(request, "error.html", context, status=status)


def _error_id(request: HttpRequest) -> str:
    return getattr(request, "request_id", "") or uuid.uuid4().hex[:12]
