"""Wrong passwords are counted, in rows of the database: by name and address, by name, by address.

Ten wrong ones for one name from one address, and that address waits a quarter of an hour before each further try.
Ten for one name from whatever addresses, and every address waits from which the person has not signed in lately: many
addresses guess no faster than one, and the person goes on signing in from where they always do. Fifty from one address
for whatever names, and it waits. A day without a wrong password, or a new password by the mailed link, and it is
forgotten (decision 27).
"""

from datetime import datetime, timedelta

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.db.models import Max, Q, QuerySet, Sum
from django.http import HttpRequest

from accounts.models import User
from accounts.signals import sign_in_changed
from accounts.signed_in import device_of
from core.door_links import without_keys

WAIT = timedelta(minutes=15)
BY_NAME = 10
BY_ADDRESS = 50
# From where a person has signed in within so many days is no stranger's address.
KNOWN_FOR = timedelta(days=90)
VISITS = "/sign-in-as/"


class Lockout(AxesDatabaseHandler):
    """Says who waits, and writes who signed in from where, an invitation's page without what opened it."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, str] | None = None) -> int:
        """Return AXES_FAILURE_LIMIT where this try has to wait, else less (axes compares the two)."""
        name, address = get_client_username(request, credentials), request.axes_ip_address
        now = request.axes_attempt_time
        pair = _counted(Q(username=name, ip_address=address), now)
        if _waits(pair, settings.AXES_FAILURE_LIMIT, now) or _waits(
            _counted(Q(ip_address=address), now), BY_ADDRESS, now
        ):
            return settings.AXES_FAILURE_LIMIT
        if _waits(_counted(Q(username=name), now), BY_NAME, now) and not _is_known(name, address, now):
            return settings.AXES_FAILURE_LIMIT
        return min(pair[0], settings.AXES_FAILURE_LIMIT - 1)

    def user_logged_in(self, sender: object, request: HttpRequest, user: User, **signal: object) -> None:
        """Write the line; tell the person of an address or a device from which they have not signed in lately."""
        request.axes_path_info = without_keys(request.axes_path_info)
        if VISITS not in request.axes_path_info and _is_news(user.email, request):
            detail = f"{device_of(request.axes_user_agent)} ({request.axes_ip_address})"
            sign_in_changed.send(sender=User, person=user, kind="new_sign_in", detail=detail)
        super().user_logged_in(sender, request, user, **signal)


def forget_wrong_passwords(name: str) -> int:
    """Forget what was counted for a name, because its person has come through the mailbox; return how many rows."""
    return AccessAttempt.objects.filter(username=name.lower()).delete()[0]


def forget_old_attempts(*, now: datetime) -> int:
    """Delete the counts that no longer matter and the log of sign-ins older than it is asked for."""
    attempts = AccessAttempt.objects.filter(attempt_time__lt=now - settings.AXES_COOLOFF_TIME).delete()[0]
    return attempts + AccessLog.objects.filter(attempt_time__lt=now - 2 * KNOWN_FOR).delete()[0]


def _counted(whose: Q, now: datetime) -> tuple[int, datetime | None]:
    """Return how many wrong passwords there were within a day, and when the last was."""
    rows = AccessAttempt.objects.filter(whose, attempt_time__gt=now - settings.AXES_COOLOFF_TIME)
    found = rows.aggregate(count=Sum("failures_since_start"), last=Max("attempt_time"))
    return found["count"] or 0, found["last"]


def _waits(counted: tuple[int, datetime | None], limit: int, now: datetime) -> bool:
    count, last = counted
    return count >= limit and last is not None and now < last + WAIT


def _is_known(name: str | None, address: str | None, now: datetime) -> bool:
    return _lately(name, now).filter(ip_address=address).exists()


def _lately(name: str | None, now: datetime) -> QuerySet[AccessLog]:
    """Return the person's own sign-ins of late: not the visits of managers, whose address is not the person's."""
    return AccessLog.objects.filter(username=name, attempt_time__gt=now - KNOWN_FOR).exclude(path_info__contains=VISITS)


def _is_news(name: str, request: HttpRequest) -> bool:
    known = list(_lately(name, request.axes_attempt_time).values_list("ip_address", "user_agent").distinct())
    addresses, devices = {address for address, _agent in known}, {device_of(agent) for _address, agent in known}
    new = request.axes_ip_address not in addresses or device_of(request.axes_user_agent) not in devices
    return bool(known) and new  # the first time of all is no news
