"""Every form is carried out once: its hidden key is kept in the transaction of what it did (decision 23).

A double click, a reload and a repeated request lead to what came of the first one. The same key with other answers is
refused. A form that was refused, or whose deed broke, leaves no key behind and may be sent again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Refused
from core.fingerprint import fingerprint_of
from core.panel.models import SentForm

KEY = "form_key"
# Parts of a form that are drawn anew with it and say nothing of what is asked for.
NOT_ASKED = frozenset({KEY, "csrfmiddlewaretoken"})
# A form that is older than this is no longer recognized.
DAYS_KEPT = 30


class SentBefore(Refused):
    """The form's key stands for other answers that were carried out already."""

    code = "idempotency_conflict"

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("This form was sent before with other answers, and those were carried out. Check what you "
                         "want now and send it once more.")
        )  # fmt: skip


def new_key() -> str:
    """Return the key of one drawn form."""
    return uuid4().hex


def once(request: HttpRequest, deed: Callable[[], str]) -> str:
    """Carry the form's deed out in a transaction and return the address where it led; a repetition only returns it.

    A twin that arrives meanwhile waits for the first. Raises SentBefore, and whatever `deed` raises: then nothing is
    kept. A form without a key (no page of ours draws one) is carried out each time.
    """
    key = _key_of(request)
    with transaction.atomic():
        if key is None:
            return deed()
        given = {"address": request.path, "fingerprint": _fingerprint(request)}
        row, first = SentForm.objects.get_or_create(user=_person(request), key=key, defaults=given)
        if not first:
            return _led_to(request, row)
        row.led_to = deed()
        row.save(update_fields=["led_to"])
        return row.led_to


def repeated(request: HttpRequest) -> HttpResponse | None:
    """Return the answer to a form that was carried out before, None to any other: asked before a page looks closer.

    So a repetition leads where the first one led, also where the page is gone because of it.
    """
    key = _key_of(request)
    row = SentForm.objects.filter(user=_person(request), key=key).first() if key else None
    if row is None or row.fingerprint != _fingerprint(request):
        return None
    return redirect(_led_to(request, row))


def forget_old_forms(*, now: datetime) -> int:
    """Forget the forms that nobody will send again; return how many."""
    forgotten, _by_model = SentForm.objects.filter(created_at__lt=now - timedelta(days=DAYS_KEPT)).delete()
    return forgotten


def _led_to(request: HttpRequest, row: SentForm) -> str:
    if row.fingerprint != _fingerprint(request):
        raise SentBefore
    messages.info(request, _("This was done already when the form was sent the first time; it was not done again."))
    return row.led_to


def _key_of(request: HttpRequest) -> UUID | None:
    if request.method != "POST":
        return None
    try:
        return UUID(hex=request.POST.get(KEY, ""))
    except ValueError:
        return None


def _person(request: HttpRequest) -> Any:
    return request.user


def _fingerprint(request: HttpRequest) -> str:
    asked = {name: values for name, values in request.POST.lists() if name not in NOT_ASKED}
    return fingerprint_of([request.get_full_path(), asked])
