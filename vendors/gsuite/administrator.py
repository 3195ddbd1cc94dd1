"""The first administrator of a customer: made with a password that is good once, and given the rights."""

import base64
from datetime import timedelta

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_noop

from vendors.base import JSON, Steps
from vendors.errors import LostAnswer, NotFound, Rejected
from vendors.gsuite.client import Api, Google, part
from vendors.gsuite.errors import DUPLICATE, UNREADABLE
from vendors.gsuite.wanted import Wanted

STEP, RIGHTS = "administrator", "rights"
LOGIN, PASSWORD = "admin_user", "admin_password"  # names
MARK = "brokerage"
EXISTS = gettext_noop("There is a user %(login)s at Google already. Choose another login for the administrator.")


def made(google: Google, wanted: Wanted, steps: Steps) -> None:
    """Make the administrator, once, its password kept before Google is told it; then give it the rights."""
    email = wanted.admin
    given, family = wanted.names

    def send(request_id: str) -> JSON:
        password = _one_time(request_id)
        steps.seal({LOGIN: email, PASSWORD: password})
        body = {
            "primaryEmail": email,
            "name": {"givenName": given, "familyName": family},
            "password": password,
            "changePasswordAtNextLogin": True,
            "externalIds": [{"type": "custom", "customType": MARK, "value": wanted.mark}],
        }
        try:
            user = google.order(Api.DIRECTORY, "/users", body)
        except Rejected as refusal:
            if refusal.code == DUPLICATE:
                raise Rejected(EXISTS, code=DUPLICATE, at="admin_login", login=email) from refusal
            raise
        if str(user.get("primaryEmail", "")).lower() != email:
            raise LostAnswer(UNREADABLE, code="unreadable", answered=True)
        return {"user": email}

    def find() -> JSON | None:
        user = _user(google, email)
        return {"user": email} if user is not None and _bears(user, wanted.mark) else None

    # The same id over all answers: the password of an attempt that was carried out after all is the one that is kept.
    steps.once(STEP, send=send, find=find, same_id=True, visible_after=timedelta(0))
    _given_rights(google, email, steps)


def is_of(google: Google, wanted: Wanted) -> bool:
    """Return whether the order's administrator was made by this very order."""
    user = _user(google, wanted.admin)
    return user is not None and _bears(user, wanted.mark)


def _given_rights(google: Google, email: str, steps: Steps) -> None:
    def find() -> JSON | None:
        user = _user(google, email)
        return {"admin": email} if user is not None and user.get("isAdmin") is True else None

    def send(_request_id: str) -> JSON:
        google.order(Api.DIRECTORY, f"/users/{part(email)}/makeAdmin", {"status": True})
        # The answer is empty: what came of it is read.
        found = find()
        if found is None:
            raise LostAnswer(UNREADABLE, code="unreadable", answered=True)
        return found

    steps.once(RIGHTS, send=send, find=find, visible_after=timedelta(0))


def _user(google: Google, email: str) -> JSON | None:
    try:
        return google.ask(Api.DIRECTORY, f"/users/{part(email)}")
    except NotFound:
        return None


def _bears(user: JSON, mark: str) -> bool:
    rows = user.get("externalIds") or ()
    return any(row.get("customType") == MARK and row.get("value") == mark for row in rows)


def _one_time(request_id: str) -> str:
    """Return the password of an attempt: the same for the same id, and not to be told without our secret key."""
    digest = salted_hmac("vendors.gsuite.administrator", request_id, algorithm="sha256").digest()
    return base64.b32encode(digest)[:20].decode().lower() + "-A1"
