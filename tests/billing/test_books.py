"""The day of an account's books."""

from datetime import date

import pytest

from billing.books import day_of, open_days
from tests.factories import accounts as cast

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY = date(2018, 9, 3), date(2018, 9, 4)


def test_the_books_go_forward_only() -> None:
    account, other = cast.account(), cast.account()
    assert day_of(account.pk, MONDAY) == MONDAY
    assert open_days([account.pk], TUESDAY) == {account.pk: TUESDAY}
    assert open_days([other.pk, account.pk], MONDAY) == {other.pk: MONDAY, account.pk: TUESDAY}
    assert (day_of(account.pk, MONDAY), day_of(other.pk, MONDAY)) == (TUESDAY, MONDAY)


def test_asking_opens_nothing() -> None:
    account = cast.account()
    assert day_of(account.pk, TUESDAY) == TUESDAY
    assert day_of(account.pk, MONDAY) == MONDAY


def test_no_account_opens_nothing() -> None:
    assert open_days([], MONDAY) == {}
