"""The operator's calendar: the soonest first, narrowed by kind, day, reseller and connection; as fixed as a list is."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import accounts as cast
from tests.factories import commitments as bound
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db


def test_the_soonest_stand_first_and_filters_narrow_them() -> None:
    now, tree = timezone.now(), cast.cast()
    browser = Client()
    browser.force_login(cast.manager())
    address = reverse("operator:calendar")

    def sold(seller: object) -> None:
        plan = make.plan(reseller=seller)
        held = make.subscription(account=cast.account(reseller=seller), plan=plan, today=timezone.localdate())
        bound.commitment(subscription=held, now=now)

    def rows(**query: object) -> list[str]:
        return [row.cells for row in browser.get(address, query).context["list"].rows]

    sold(tree.north)
    rows()
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert len(rows()) == 3
    for _more in range(3):
        sold(tree.south)
    with CaptureQueriesContext(connection) as many:
        assert len(rows()) == 12
    assert len(many) == len(few), "whatever it lists"
    assert "Renews" in rows()[-1]
    assert "$50.00" in rows()[-1]
    assert len(rows(kind="cancel,units")) == 8
    assert len(rows(reseller=tree.north.pk)) == 3
    day = (timezone.localdate() + timedelta(days=20)).isoformat()
    assert len(rows(at_after=day)) == 4
    assert len(rows(quick="windows")) == 8
    assert rows(connection=0) == []
