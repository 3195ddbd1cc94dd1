"""What Django, allauth, axes and hijack say of sign-in: rows of sessions, ends of visits, what people are told."""

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset, authenticator_used
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from hijack.signals import hijack_started

from accounts.models import User
from accounts.sign_in_as import end_sign_in_as
from accounts.signals import sign_in_changed
from accounts.signed_in import begin_session, end_sessions_of, mark_as_visit
from accounts.visits import TRAIL


@receiver(user_logged_out, dispatch_uid="accounts.sign_in_as")
def close_trail(*, request: HttpRequest | None, **_signal: object) -> None:
    """Write down the end of the visit, if this session was one."""
    trail_id = request.session.get(TRAIL) if request is not None else None
    if trail_id is not None:
        end_sign_in_as(trail_id=trail_id, now=timezone.now())


@receiver(user_logged_in, dispatch_uid="accounts.signed_in")
def write_session(*, request: HttpRequest | None, user: User, **_signal: object) -> None:
    """Write down where the person is signed in now."""
    if request is not None and request.session.session_key:
        begin_session(request=request, person=user, now=timezone.now())


@receiver(hijack_started, dispatch_uid="accounts.signed_in")
def write_visit(*, request: HttpRequest, hijacker: User, **_signal: object) -> None:
    """Write down that it is a manager who uses the session."""
    mark_as_visit(session=request.session, manager=hijacker)


@receiver(authenticator_added, dispatch_uid="accounts.second_factor_added")
@receiver(authenticator_removed, dispatch_uid="accounts.second_factor_removed")
@receiver(authenticator_reset, dispatch_uid="accounts.second_factor_reset")
def follow_second_factor(
    *, request: HttpRequest, user: User, authenticator: Authenticator, signal: object, **_signal: object
) -> None:
    """End the person's other sessions, which were opened under another rule, and tell the person."""
    codes = authenticator.type == Authenticator.Type.RECOVERY_CODES
    if signal is authenticator_reset:
        sign_in_changed.send(sender=User, person=user, kind="recovery_codes_made", detail="")
    elif not codes:
        kind = "second_factor_added" if signal is authenticator_added else "second_factor_removed"
        end_sessions_of(user, keep=request.session)
        sign_in_changed.send(sender=User, person=user, kind=kind, detail="")


@receiver(authenticator_used, dispatch_uid="accounts.recovery_code_used")
def tell_of_recovery_code(*, user: User, authenticator: Authenticator, **_signal: object) -> None:
    """Tell the person that one of the codes for emergencies was used up."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        sign_in_changed.send(sender=User, person=user, kind="recovery_code_used", detail="")


@receiver(user_locked_out, dispatch_uid="accounts.locked_out")
def tell_of_lockout(*, username: str | None, ip_address: str | None, **_signal: object) -> None:
    """Tell the person that somebody tries passwords for their name; once a day (the receiver's key says so)."""
    person = User.objects.filter(email=username).first() if username else None
    if person is not None:
        sign_in_changed.send(sender=User, person=person, kind="locked_out", detail=ip_address or "")
