"""One of many rows."""

from collections.abc import Sequence

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Reseller
from core.among import Among
from tests.factories import accounts as cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("wanted", [(), (0,), (1, 2), (2, 2, 99)])
def test_rows_are_those_of_django_s_own_in(wanted: Sequence[int]) -> None:
    resellers = [cast.reseller() for _number in range(3)]
    accounts = [cast.account(reseller=reseller) for reseller in resellers]
    ids = [resellers[place].pk if place < 3 else 0 for place in wanted]
    expected = set(Account.objects.filter(reseller__in=ids))
    assert set(Account.objects.filter(Among("reseller", ids))) == expected
    assert set(Account.objects.filter(Q(Among("reseller", ids)) | Q(pk=accounts[0].pk))) == expected | {accounts[0]}
    assert set(Reseller.objects.filter(Among("pk", ids))) == set(Reseller.objects.filter(pk__in=ids))


def test_ids_go_as_one_array() -> None:
    with CaptureQueriesContext(connection) as asked:
        list(Reseller.objects.filter(Among("pk", [3, 5])))
    assert "= ANY(ARRAY[3,5]::bigint[])" in asked[0]["sql"]
