"""A manager's API tokens: made with scopes and an end, shown once, revoked at once, looked up at every call."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, actor_of
from accounts.models import ApiToken, TokenScope, User, UserKind
from accounts.signals import sign_in_changed
from core.errors import Refused

TOKEN_BYTES = 16  # 22 URL-safe characters, as in the reference (API guide 5.0)
USE_IS_WRITTEN_EVERY = timedelta(minutes=5)


class TokenRefused(Refused):
    """The token cannot be made or revoked that way."""

    code = "token_refused"


class TokenUnknown(Refused):
    """No manager has this API token (any more): unknown, expired or revoked."""

    code = "token_unknown"


def longest_life() -> timedelta:
    """Return how long a token may work at most (API_TOKEN_DAYS)."""
    return timedelta(days=settings.API_TOKEN_DAYS)


def api_tokens_of(actor: Actor) -> QuerySet[ApiToken]:
    """Return the manager's own tokens that are not revoked, the newest first; expired ones included."""
    if actor.user is None or not actor.may("api.use"):
        return ApiToken.objects.none()
    return ApiToken.objects.filter(manager=actor.user, revoked_at=None).order_by("-id")


def create_api_token(
    *,
    actor: Actor,
    name: str,
    scopes: Collection[str] = (TokenScope.READ,),
    expires_at: datetime | None = None,
    now: datetime,
) -> tuple[ApiToken, str]:
    """Make a token of the manager's own and return its row and the token in clear, which nobody sees again.

    Without `expires_at` it works as long as tokens may. Raises Forbidden for who may not use the API, TokenRefused for
    an empty or taken name, no or an unknown scope, and an end that is past or later than API_TOKEN_DAYS.
    """
    actor.require("api.use")
    end = expires_at or now + longest_life()
    chosen = [scope for scope in TokenScope.values if scope in scopes]
    _refuse_wrong_token(actor, name.strip(), scopes, chosen, end, now)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        row = ApiToken.objects.create(
            manager=actor.user, name=name.strip(), token_hash=hash_of(token), scopes=chosen, expires_at=end
        )
        sign_in_changed.send(sender=User, person=actor.user, kind="token_made", detail=row.name)
    return row, token


def revoke_api_token(*, actor: Actor, token: ApiToken, now: datetime) -> ApiToken:
    """Make one of the manager's own tokens useless at once. Raises Forbidden and TokenRefused."""
    actor.require("api.use")
    with transaction.atomic():
        row = api_tokens_of(actor).select_for_update(of=("self",)).filter(pk=token.pk).first()
        if row is None:
            raise TokenRefused(_("There is no such token, or it is revoked already."))
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
        sign_in_changed.send(sender=User, person=actor.user, kind="token_revoked", detail=row.name)
    return row


def revoke_tokens_of(user: User) -> int:
    """Revoke every token of a person who loses the power that they were made with; return how many there were."""
    return ApiToken.objects.filter(manager=user, revoked_at=None).update(revoked_at=Now())


def actor_of_token(token: str, *, now: datetime, address: str | None = None) -> Actor:
    """Return the actor behind an API token, bounded by the token's scopes, and remember that it was used.

    Raises TokenUnknown (also for an expired or revoked one), and MayNotAct for a blocked manager or reseller.
    """
    row = (
        ApiToken.objects.select_related("manager__reseller")
        .filter(token_hash=hash_of(token), manager__kind=UserKind.MANAGER)
        .first()
    )
    if row is None or row.revoked_at is not None:
        raise TokenUnknown(_("The API token is unknown or revoked. Make a new one on your page in the panel."))
    if not row.is_good(now):
        raise TokenUnknown(_("The API token has expired. Make a new one on your page in the panel."))
    actor = actor_of(row.manager, scopes=frozenset(row.scopes))
    _remember_use(row, now, address)
    return actor


def hash_of(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _remember_use(row: ApiToken, now: datetime, address: str | None) -> None:
    """Write when and from where, at most every few minutes; another address at once."""
    fresh = row.last_used_at is not None and now - row.last_used_at < USE_IS_WRITTEN_EVERY
    if fresh and row.last_used_address == address:
        return
    # One of two calls at the same moment writes; the other finds it written and waits for nobody.
    unseen = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_IS_WRITTEN_EVERY) | ~Q(last_used_address=address)
    ApiToken.objects.filter(unseen | Q(last_used_address=None), pk=row.pk).update(
        last_used_at=now, last_used_address=address or F("last_used_address")
    )


def _refuse_wrong_token(
    actor: Actor, name: str, asked: Collection[str], chosen: list[str], end: datetime, now: datetime
) -> None:
    if not name:
        raise TokenRefused(_("Enter a name, for example the program that uses the token."), field="name")
    if ApiToken.objects.filter(manager=actor.user, name=name, revoked_at=None).exists():
        raise TokenRefused(_("You have a token of this name. Enter another name, or revoke that token."), field="name")
    if not chosen or len(chosen) != len(set(asked)):
        raise TokenRefused(_("Choose at least one of: read, write, money."), field="scopes")
    if not now < end <= now + longest_life():
        raise TokenRefused(
            _("Choose a day after today, at most %(days)s days ahead.") % {"days": settings.API_TOKEN_DAYS},
            field="expires_on",
        )
