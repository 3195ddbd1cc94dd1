"""The answer to what nobody caught: 503 where the database is busy or away, 500 else; the API's in its own shape."""

import sys
from collections.abc import Iterator

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from core.fitting import is_text
from core.panel import errors

API = "/api/"
# PostgreSQL's codes: lock not available, query cancelled by a timeout, deadlock, serialization; too many connections.
BUSY = {"55P03", "57014", "40P01", "40001", "53300"}
RETRY_SECONDS = 5


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Answer for the error that is being handled, without touching the database, which may be the reason."""
    error = sys.exc_info()[1]
    if is_busy(error):
        code, title = "busy", _("This is being worked on")
        text = _("Somebody else's work holds what this needs. Nothing was changed: try again in a moment.")
    elif is_away(error):
        code, title = "database_away", _("The database does not answer")
        text = _("What you were doing was not saved; everything from before is kept. Please try again in a moment.")
    elif request.path.startswith(API):
        return _api(500, "error", _("Something broke on our side. Nothing was changed; please try again."))
    else:
        return errors.server_error(request)
    if request.path.startswith(API):
        answer: HttpResponse = _api(503, code, text)
    else:
        answer = errors.page_without_database(request, 503, title, text)
    answer["Retry-After"] = str(RETRY_SECONDS)
    return answer


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:
    """Answer 400 to a request that Django refuses to read (its host, its cookies), 413 to one that is too large."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return answer(
            request, 413, "too_large", _("The request is too large"),
            _("Nothing was changed. Send less at a time."),
        )  # fmt: skip
    return answer(
        request, 400, "bad_request", _("The request cannot be read"),
        _("Nothing was changed. Check the address that you use, host included."),
    )  # fmt: skip


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:
    """Answer 404; under the API's address in its own shape, whatever version is asked for."""
    if request.path.startswith(API):
        return _api(404, "not_found", _("The API has no such address."))
    if not is_text(request.path) or not hasattr(request, "session"):
        return answer(
            request, 404, "not_found", _("This page is not here"), _("The address is wrong. Nothing was changed.")
        )
    return errors.not_found(request, exception)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:
    """Answer 403 where a role does not allow something."""
    if request.path.startswith(API):
        return _api(403, "permission_denied", str(exception or "") or _("Your role does not allow this."))
    return errors.forbidden(request, exception)


def answer(request: HttpRequest, status: int, code: str, title: str, text: str) -> HttpResponse:
    """Answer with an error in the shape of whom the address belongs to, without asking the database."""
    if request.path.startswith(API):
        return _api(status, code, text)
    return errors.page_without_database(request, status, title, text)


def is_busy(error: BaseException | None) -> bool:
    """Return whether the database was asked for what somebody else holds, or for longer than it may take."""
    return any(getattr(cause, "pgcode", None) in BUSY for cause in _causes(error))


def is_away(error: BaseException | None) -> bool:
    """Return whether the database could not be reached, or went away in the middle."""
    return any(isinstance(cause, OperationalError | InterfaceError) for cause in _causes(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _api(status: int, code: str, detail: str) -> JsonResponse:
    body = {"status": str(status), "code": code, "title": _("The request was not carried out."), "detail": detail}
    return JsonResponse({"errors": [body]}, status=status, content_type="application/vnd.api+json")
