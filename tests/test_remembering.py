"""What is put back of a remembered call is what the call wrote, and nothing is put back where it could be another."""

from datetime import date
from typing import Any

import pghistory
import pytest
from django.db import connection, transaction

from accounts.models import Account, Reseller
from subscriptions.models import Plan, Subscription
from tests import remembering
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.remembering import remembered

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("os.environ.get('REMEMBER') == '0'", reason="nothing is remembered"),
]
TODAY = date(2018, 8, 20)


class Undone(Exception):
    """Ends a savepoint."""


def everything() -> dict[str, list[str]]:
    """Return every row of every table as text."""
    with connection.cursor() as cursor:
        cursor.execute(remembering.TABLES, [[]])
        tables = [table for table, _key, _columns in cursor.fetchall()]
        rows = {}
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")  # noqa: S608 - the name of a table
            rows[table] = [line for (line,) in cursor.fetchall()]
    return rows


def twice(make_it: Any) -> list[tuple[dict[str, list[str]], Any]]:
    """Return the rows and the result of something, and of the same after it was rolled back."""
    found = []
    for _time in range(2):
        try:
            with transaction.atomic():
                result = make_it()
                found.append((everything(), result))
                raise Undone
        except Undone:
            continue
    return found


def test_rows_are_put_back_as_they_were(db: None) -> None:
    """Numbers, moments, audit rows and words to search by included; the verbs would write others."""

    def made() -> Subscription:
        return make.subscription(account=cast.account(name="Acme"), plan=make.plan(), today=TODAY)

    (first, subscription), (again, same) = twice(made)
    assert again == first
    assert (same, same is subscription) == (subscription, False)
    assert vars(same).keys() - {"_django_version"} == vars(subscription).keys()
    assert len([table for table, rows in first.items() if rows]) > 30


def test_what_writes_in_between_has_the_verbs_called() -> None:
    cast.operator()
    ids = []
    for _time in range(2):
        try:
            with transaction.atomic():
                Reseller.objects.update(email="other@example.com")
                ids.append(cast.account().pk)
                raise Undone
        except Undone:
            continue
    assert ids[0] != ids[1]


def test_the_end_of_a_savepoint_brings_what_was_known_back() -> None:
    def walk() -> int:
        cast.operator()
        try:
            with transaction.atomic():
                Reseller.objects.update(email="other@example.com")
                raise Undone
        except Undone:
            return cast.account().pk

    (_rows, first), (_again, second) = twice(walk)
    assert first == second


def test_other_arguments_are_another_call() -> None:
    cast.operator()

    def named(name: str) -> str:
        return cast.account(name=name).name

    assert [twice(lambda name=name: named(name))[1][1] for name in ("One", "Two")] == ["One", "Two"]


def test_rows_in_memory_that_differ_are_other_arguments() -> None:
    account, plan = cast.account(), make.plan()
    make.order(account=account, plan=plan, today=TODAY)
    changed = Plan.objects.get(pk=plan.pk)
    changed.name = "As nowhere else"
    with pytest.raises(AssertionError):
        assert remembering._like(changed) == remembering._like(plan)
    assert remembering._like(Plan.objects.get(pk=plan.pk)) == remembering._like(Plan.objects.get(pk=plan.pk))


def test_nothing_is_remembered_under_a_patch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Account, "__str__", lambda _self: "patched")
    (_rows, first), (_again, second) = twice(cast.account)
    assert first.pk != second.pk


def test_nothing_is_remembered_under_other_settings(settings: Any) -> None:
    settings.LANGUAGE_CODE = "ru"
    (_rows, first), (_again, second) = twice(cast.account)
    assert first.pk != second.pk


def test_nothing_is_remembered_where_audit_rows_say_why() -> None:
    def made() -> int:
        with pghistory.context(url="/here/"):
            return cast.account().pk

    (_rows, first), (_again, second) = twice(made)
    assert first != second


def test_rows_that_the_call_deletes_are_gone_again() -> None:
    def left() -> list[str]:
        for name in ("One", "Two"):
            cast.reseller(name=name)
        _forget_one()
        return sorted(Reseller.objects.values_list("name", flat=True))

    (first, names), (again, same) = twice(left)
    assert again == first
    assert names == same == ["Operator", "Two"]


@remembered
def _forget_one() -> None:
    Reseller.objects.filter(name="One").delete()


def test_arguments_are_changed_as_by_the_call() -> None:
    """A factory that reads its argument anew has done so for its caller too."""

    def renamed() -> str:
        account = cast.account(name="Acme")
        _rename(account)
        return account.name

    (_rows, first), (_again, second) = twice(renamed)
    assert (first, second) == ("Renamed", "Renamed")


@remembered
def _rename(one: Account) -> None:
    one.name = "Renamed"
    one.save(update_fields=["name"])


def test_what_waits_for_the_commit_waits_again(django_capture_on_commit_callbacks: Any) -> None:
    account = cast.account()
    counts = []
    for _time in range(2):
        try:
            with transaction.atomic(), django_capture_on_commit_callbacks() as callbacks:
                make.order(account=account, plan=make.plan(), today=TODAY)
                counts.append(len(callbacks))
                raise Undone
        except Undone:
            continue
    assert counts[0] == counts[1]
