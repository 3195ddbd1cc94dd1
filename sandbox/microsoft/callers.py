"""Which calls take a token of an app alone, of an app with a user, or either."""

from sandbox.microsoft.errors import PartnerCenterError
from sandbox.wsgi import Request


def is_app_only(request: Request) -> bool:
    """Say whether no user stands behind the caller's token."""
    return "amr" not in request.caller


def require_user(request: Request) -> None:
    """Raise 403/900329 for an app without a user."""
    if is_app_only(request):
        raise PartnerCenterError(403, 900329, "This resource does not support application-only authentication.")


def require_app_alone(request: Request) -> None:
    """Raise 403/2032 for an app with a user; which code Microsoft answers is not published."""
    if not is_app_only(request):
        raise PartnerCenterError(403, 2032, "Access denied")
