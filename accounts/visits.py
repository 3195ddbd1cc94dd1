"""A manager's visit as an account's owner, as the session keeps it: begun, asked on every request, ended."""

from datetime import datetime

from django.contrib.auth import login, logout
from django.http import HttpRequest
from hijack.signals import no_update_last_login
from hijack.views import keep_session_age

from accounts.actors import MayNotAct, actor_of
from accounts.models import SignInAs, User
from accounts.sign_in_as import end_sign_in_as, manager_of_visit

# Which of several accounts a customer's user acts for.
CHOSEN_ACCOUNT = "account_id"
# The row of the trail that the visit belongs to.
TRAIL = "sign_in_as"
# Where the manager came from: the reseller, and what Django knows a session's password by.
CAME_FROM = "sign_in_as_from"
# django-hijack's own: who became somebody else.
MANAGERS = "hijack_history"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def begin_visit(request: HttpRequest, *, trail: SignInAs, manager: User) -> None:
    """Keep in the owner's new session which visit it is."""
    request.session[CHOSEN_ACCOUNT] = trail.account_id
    request.session[TRAIL] = trail.pk
    request.session[CAME_FROM] = [manager.reseller_id, manager.get_session_auth_hash()]


def is_visit(request: HttpRequest) -> bool:
    """Return whether a manager is signed in as somebody; does not look at who that is."""
    return bool(request.session.get(MANAGERS))


def visitor(request: HttpRequest) -> User:
    """Return the manager who is signed in as the request's person. Raises SignInAsEnded, with what has ended it."""
    session = request.session
    # Before `request.user` is looked at: a session whose password was changed is emptied by that look.
    (manager_id, *_more), trail_id, account_id = session[MANAGERS], session.get(TRAIL), session.get(CHOSEN_ACCOUNT)
    reseller_id, password = session.get(CAME_FROM) or (None, "")
    return manager_of_visit(
        manager_id=int(manager_id), trail_id=trail_id, account_id=account_id, reseller_id=reseller_id,
        password=password, user=request.user if request.user.is_authenticated else None,
    )  # fmt: skip


def end_visit(request: HttpRequest, *, kept: dict[str, object], now: datetime) -> User | None:
    """Bring the manager back to the own session and return that person; sign out who may no longer act: None.

    `kept` is what the session held when the request came.
    """
    if kept.get(TRAIL) is not None:
        end_sign_in_as(trail_id=kept[TRAIL], now=now)
    manager = User.objects.select_related("reseller").filter(pk=int(kept[MANAGERS][-1])).first()
    _reseller_id, password = kept.get(CAME_FROM) or (None, "")
    request.session.pop(TRAIL, None)
    if manager is None or manager.get_session_auth_hash() != password or not _may_act(manager):
        logout(request)
        return None
    request.session.pop(MANAGERS, None)
    with no_update_last_login(), keep_session_age(request.session):
        login(request, manager, backend=BACKEND)
    return manager


def _may_act(manager: User) -> bool:
    try:
        actor_of(manager)
    except MayNotAct:
        return False
    return True
