"""A line of plans is read level by level, with what each pays on a day."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from subscriptions.catalogue.downline import kept, line_of, lock_lines
from tests.factories import accounts as people
from tests.factories import discounts as grant
from tests.factories import subscriptions as make
from tests.factories.reselling import follow, line

pytestmark = pytest.mark.django_db
AUG20, SEP1 = date(2018, 8, 20), date(2018, 9, 1)


def test_each_level_pays_what_the_one_above_asks_less_its_discount() -> None:
    cast = people.cast()
    operators, norths, north_easts = line(cast, "8.00", "9.00", "10.00")
    grant.of_reseller(cast.north_east, "20", valid_from=SEP1)
    follow(north_easts, "25", AUG20)
    ids = [plan.resources.get().pk for plan in (operators, norths, north_easts)]
    with CaptureQueriesContext(connection) as captured:
        read = line_of(ids[:1])
    assert len(captured) == 4
    assert [[one.pk for one in level] for level in read.levels()] == [[pk] for pk in ids]
    first, second, third = (read.priced[pk] for pk in ids)
    assert (first.cost_on(SEP1), second.cost_on(SEP1)) == (None, Decimal(8))
    assert (third.cost_on(AUG20), third.cost_on(SEP1)) == (Decimal(9), Decimal("7.2"))
    assert third.days(AUG20) == [AUG20, SEP1], "its discount begins"
    assert (third.following_on(AUG20) is not None, second.following_on(AUG20)) == (True, None)
    assert third.source_on(SEP1) is second.row_on(SEP1)
    from_the_middle = line_of(ids[1:2]).priced[ids[1]]
    assert (from_the_middle.level, from_the_middle.cost_on(AUG20)) == (1, Decimal(8))
    assert kept(Decimal(1) / 3) == Decimal("0.333333")


def test_what_nobody_resells_is_two_statements_and_no_prices() -> None:
    own = make.plan().resources.get().pk
    with CaptureQueriesContext(connection) as captured:
        read = line_of([own])
    assert (len(captured), read.matters, read.priced[own].rows) == (2, False, [])
    assert len(line_of([own], whole=True).priced[own].rows) == 1


def test_whoever_moves_prices_holds_the_root() -> None:
    cast = people.cast()
    plans = line(cast, "8.00", "9.00", "10.00")
    with transaction.atomic(), CaptureQueriesContext(connection) as captured:
        lock_lines([plans[2].resources.get().pk])
    (locked,) = [query["sql"] for query in captured if "FOR NO KEY UPDATE" in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(locked)
        assert cursor.fetchall() == [(plans[0].pk,)]
