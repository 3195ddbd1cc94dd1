"""manage.py audit_books: the exit code says whether the books agree."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from billing.audit import CHECKS
from subscriptions.models import Subscription

pytestmark = pytest.mark.django_db


def test_the_command_says_so_with_its_exit_code(seats: Subscription) -> None:
    said = StringIO()
    call_command("audit_books", day=date(2018, 8, 21), stdout=said)
    assert said.getvalue() == f"{len(CHECKS)} checks, 0 findings\n"
    Subscription.objects.update(quantity=6)
    said = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("audit_books", day=date(2018, 8, 21), stdout=said)
    assert end.value.code == 1
    assert said.getvalue() == (
        f"a subscription's quantity is that of its resources: subscription {seats.pk}: quantity 6, resources 5\n"
        f"{len(CHECKS)} checks, 1 findings\n"
    )
