"""Every error of the API in one shape: JSON:API error objects that name the parameter and the remedy."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from accounts.actors import Forbidden
from core.errors import Refused


class BadParameter(exceptions.APIException):
    """A query parameter that cannot be used: 400, naming the parameter."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "invalid_parameter"

    def __init__(self, parameter: str, detail: str) -> None:
        super().__init__(detail)
        self.parameter = parameter


def handle(error: Exception, _context: dict[str, Any]) -> Response | None:
    """Return the answer for an error of a view; None for what nobody anticipated (a 500 that is reported)."""
    error = _translated(error)
    if not isinstance(error, exceptions.APIException):
        return None
    headers = {}
    if auth_header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    set_rollback()
    return Response({"errors": _errors(error)}, status=error.status_code, headers=headers)


def not_found(_request: HttpRequest) -> JsonResponse:
    """Answer an address that the API does not have, with or without a token."""
    body = _errors(exceptions.NotFound(_("The API has no such address.")))
    return JsonResponse({"errors": body}, status=404, content_type="application/vnd.api+json")


def _translated(error: Exception) -> Exception:
    """Return the error of the framework that stands for one of Django's or ours."""
    if isinstance(error, Http404):
        # The same words for what is not and for what is not in the token's tree.
        return exceptions.NotFound(_("There is no such record in the part of the tree that this token sees."))
    if isinstance(error, (PermissionDenied, Forbidden)):
        return exceptions.PermissionDenied(str(error) or None)
    if isinstance(error, Refused):
        return _refused(error)
    return error


def _refused(refusal: Refused) -> exceptions.ValidationError:
    """Return the framework's error with an error object for each thing that is wrong, each with its own code."""
    details: dict[str, list[exceptions.ErrorDetail]] = {}
    for problem in refusal.problems:
        detail = exceptions.ErrorDetail(problem.sentence, code=problem.code)
        details.setdefault(problem.field or "data", []).append(detail)
    return exceptions.ValidationError(details)


def _errors(error: exceptions.APIException) -> list[dict[str, Any]]:
    source = {"parameter": error.parameter} if isinstance(error, BadParameter) else None
    return [
        {
            "status": str(error.status_code),
            "code": detail.code,
            "title": str(type(error).default_detail) if not source else str(_("The parameter cannot be used.")),
            "detail": str(detail),
            **({"source": source or pointer} if source or pointer else {}),
        }
        for detail, pointer in _details(error.detail)
    ]


def _details(detail: Any, at: str = "") -> Iterator[tuple[exceptions.ErrorDetail, dict[str, str] | None]]:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _details(inner, f"{at}/{name}")
    elif isinstance(detail, list):
        for inner in detail:
            yield from _details(inner, at)
    else:
        yield detail, {"pointer": f"/data/attributes{at}"} if at else None
