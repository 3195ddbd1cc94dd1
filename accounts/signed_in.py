"""Where people are signed in: written at sign-in, seen every few minutes, ended by the person or by what happened."""

import hashlib
from datetime import datetime, timedelta

from axes.models import AccessLog
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.client_address import client_address
from accounts.models import Account, SignedIn, SignInAs, User
from accounts.sessions import stored_key
from core.errors import Refused

SEEN_IS_WRITTEN_EVERY = timedelta(minutes=5)
# What stands in a browser's own description -> what people call it; the first that fits (Edge says Chrome too).
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("YaBrowser/", "Yandex Browser"), ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"),
    ("python-", "Python"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


class SessionNotFound(Refused):
    """The person has no such session (any more)."""

    code = "session_not_found"


def begin_session(*, request: HttpRequest, person: User, now: datetime) -> SignedIn:
    """Write down that the person is signed in by this request's session from now on."""
    row, _made = SignedIn.objects.update_or_create(
        session_key=_key_of(request.session),
        defaults={
            "person": person,
            "manager": None,
            "began_at": now,
            "seen_at": now,
            "address": client_address(request),
            "agent": agent_of(request),
        },
    )
    return row


def mark_as_visit(*, session: SessionBase, manager: User) -> None:
    """Write down that it is the manager who uses this session, signed in as its person."""
    SignedIn.objects.filter(session_key=_key_of(session)).update(manager=manager)


def see(request: HttpRequest, *, now: datetime) -> None:
    """Write every few minutes that the session is in use and from where; read with the session, it asks nothing."""
    seen_at = getattr(request.session, "seen_at", None)
    if seen_at is not None and seen_at >= now - SEEN_IS_WRITTEN_EVERY:
        return
    rows = SignedIn.objects.filter(session_key=_key_of(request.session), seen_at__lt=now - SEEN_IS_WRITTEN_EVERY)
    rows.update(seen_at=now, address=client_address(request), agent=agent_of(request))


def sessions_of(person: User, *, now: datetime) -> QuerySet[SignedIn]:
    """Return where the person is signed in now, visits by managers included; the last seen first."""
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now)
    return SignedIn.objects.filter(Exists(alive), person=person).select_related("manager").order_by("-seen_at")


def is_this(row: SignedIn, session: SessionBase) -> bool:
    """Return whether the row stands for this session."""
    return row.session_key == _key_of(session)


def name_of(row: SignedIn) -> str:
    """Return what stands in an address for a session: nothing that opens it, nor what is stored of its key."""
    return hashlib.sha256(row.session_key.encode()).hexdigest()[:16]


def end_session(*, person: User, name: str, now: datetime) -> SignedIn:
    """End one of the person's sessions at once. Raises SessionNotFound."""
    with transaction.atomic():
        row = next((row for row in sessions_of(person, now=now) if name_of(row) == name), None)
        if row is None:
            raise SessionNotFound(_("This session has ended already."))
        _end(SignedIn.objects.filter(pk=row.pk))
    return row


def end_sessions_of(person: User, *, keep: SessionBase | None = None) -> int:
    """End every session of the person, those of managers signed in as them, and their own visits as others.

    `keep` stays. Return how many there were.
    """
    rows = SignedIn.objects.filter(Q(person=person) | Q(manager=person))
    if keep is not None and keep.session_key:
        rows = rows.exclude(session_key=_key_of(keep))
    with transaction.atomic():
        return _end(rows)


def forget_ended(*, now: datetime) -> int:
    """Delete sessions that have expired and what was written about sessions that are no more; return how many rows."""
    expired = Session.objects.filter(expire_date__lte=now).delete()[0]
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    return expired + SignedIn.objects.filter(~Exists(alive)).delete()[0]


def agent_of(request: HttpRequest) -> str:
    """Return how the browser describes itself, in at most as many characters as are kept."""
    return request.META.get("HTTP_USER_AGENT", "").replace("\0", "")[:300]


def device_of(agent: str) -> str:
    """Return the browser and system in words: "Firefox, Linux"; the beginning of what nobody knows."""
    found = [next((words for sign, words in table if sign in agent), "") for table in (BROWSERS, SYSTEMS)]
    return ", ".join(word for word in found if word) or agent[:40]


def _end(rows: QuerySet[SignedIn]) -> int:
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    SignedIn.objects.filter(session_key__in=keys).delete()
    return len(keys)


def _key_of(session: SessionBase) -> str:
    return stored_key(session.session_key or "")


def sign_ins_of(account: Account) -> QuerySet[AccessLog]:
    """Return when people of the account signed in with their passwords, newest first."""
    people = User.objects.filter(memberships__account=account).values("email")
    return AccessLog.objects.filter(username__in=people).order_by("-attempt_time", "-pk")


def visits_of(account: Account) -> QuerySet[SignInAs]:
    """Return when managers signed in as the account's owner, newest first."""
    return account.sign_ins_as_owner.select_related("manager", "user").order_by("-started_at", "-pk")
