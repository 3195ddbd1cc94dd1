"""What a token may be used for: the one place where its scopes are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission

from accounts.models import TokenScope

if TYPE_CHECKING:  # the framework's views read the settings, which name this module
    from rest_framework.request import Request
    from rest_framework.views import APIView

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class ScopeMissing(PermissionDenied):
    """The token was made without the scope that the method needs: 403, naming the scope."""

    default_code = "scope_missing"


def scope_of(method: str, view: APIView) -> str:
    """Return the scope that a method of a view needs: read; write; money where the view says that it moves money.

    A view that moves money by some of its methods only names them in `money_methods`.
    """
    if method in READING:
        return TokenScope.READ
    return TokenScope.MONEY if method in getattr(view, "money_methods", ()) else TokenScope.WRITE


class TokenHasScope(BasePermission):
    """Refuses a method whose scope the token does not carry. Stands behind every view of the API (settings)."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Return yes, or raise ScopeMissing; who has no token at all was refused before."""
        method = request.method or ""
        if not hasattr(view, method.lower()):
            return True  # 405 says more
        needed = scope_of(method, view)
        if request.auth is not None and needed not in (request.auth.scopes or frozenset()):
            raise ScopeMissing(
                _("The token lacks the scope “%(scope)s”. Make one with it on your page in the panel.")
                % {"scope": needed}
            )
        return True
