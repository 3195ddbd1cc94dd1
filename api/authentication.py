"""Who calls: the manager whose token stands in X-Api-Token."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.actors import Actor, MayNotAct
from accounts.api_tokens import TokenUnknown, actor_of_token
from accounts.client_address import client_address
from accounts.models import User

HEADER = "X-Api-Token"


class TokenAuthentication(BaseAuthentication):
    """Turns the token of the header into the manager and its Actor (`request.auth`)."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        """Return the manager and the actor; None without a token. Raises AuthenticationFailed for any other trouble."""
        token = request.headers.get(HEADER, "")
        if not token:
            return None
        try:
            actor = actor_of_token(token, now=timezone.now(), address=client_address(request))
        except (TokenUnknown, MayNotAct) as refused:
            raise AuthenticationFailed(str(refused)) from refused
        if actor.user is None:
            raise AuthenticationFailed(_("The API token is unknown."))
        return actor.user, actor

    def authenticate_header(self, _request: Request) -> str:
        """Return what makes a missing token a 401 rather than a 403."""
        return f'{HEADER} realm="api"'


class TokenScheme(OpenApiAuthenticationExtension):
    """The token in the OpenAPI document."""

    target_class = TokenAuthentication
    name = "ApiToken"

    def get_security_definition(self, _auto_schema: object) -> dict[str, str]:
        """Return the security scheme: a header with the manager's own token."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": HEADER,
            "description": "A manager's own token with scopes (read, write, money), made on the own page of the panel.",
        }
