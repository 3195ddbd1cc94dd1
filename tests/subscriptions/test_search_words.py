"""Words of subscriptions are remembered at a cost that does not grow with how many are known."""

import pytest
from django.db import connection

from subscriptions.models import Subscription, SubscriptionWord
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db

# Copies of the first subscription under names that nobody had before.
MANY = """
    INSERT INTO subscriptions_subscription ({columns}) SELECT {values} FROM subscriptions_subscription,
        generate_series(%s, %s) n WHERE id = %s
"""
WORK = """
    SELECT seq_tup_read, idx_tup_fetch, n_tup_ins FROM pg_stat_xact_user_tables
    WHERE relname = 'subscriptions_subscriptionword'
"""


def insert(first: int, last: int, like: Subscription) -> None:
    skipped = {"id", "search_vector", "created_at", "updated_at", "name"}
    columns = [field.column for field in Subscription._meta.concrete_fields if field.column not in skipped]
    letters = "translate(lpad(to_hex(n * 7919), 8, '0'), '0123456789', 'ghijklmnop')"
    statement = MANY.format(columns=", ".join(["name", *columns]), values=", ".join([letters, *columns]))
    with connection.cursor() as cursor:
        cursor.execute(statement, [first, last, like.pk])


def work() -> tuple[int, int, int]:
    """Return what this transaction has done to the table of words: rows read one by one, found by index, written."""
    with connection.cursor() as cursor:
        cursor.execute(WORK)
        return cursor.fetchone()


def know(words: int) -> None:
    """Let that many words be known, and the planner know it: what earlier tests took back counts for it otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE subscriptions_subscriptionword")
        cursor.execute(
            "INSERT INTO subscriptions_subscriptionword (word, variant)"
            " SELECT word, word FROM (SELECT 'known' || n AS word FROM generate_series(1, %s) n) AS words",
            [words],
        )
        cursor.execute("ANALYZE subscriptions_subscriptionword")


@pytest.mark.parametrize("at_once", [True, False], ids=["one statement", "a statement each"])
def test_a_new_word_is_looked_up_and_not_searched_for(at_once: bool) -> None:
    """The words were suspected of the growing cost of inserts: they are found by index, in any number.

    A statement of many rows may read all words, but once.
    """
    like = make.subscription(account=cast.account(), plan=make.plan(), today=ORDERED_ON)
    know(20_000)
    for first, last in ((1, 100), (101, 300)):
        read, found, written = work()
        if at_once:
            insert(first, last, like)
        else:
            for number in range(first, last + 1):
                insert(number, number, like)
        read, found, written = (now - then for now, then in zip(work(), (read, found, written), strict=True))
        assert written > last - first
        if at_once:
            assert read + found <= 20_000 + written * 2
        else:
            assert (read, found <= 5 * (last - first + 1)) == (0, True)


def test_each_word_is_remembered_once_in_all_its_spellings() -> None:
    like = make.subscription(account=cast.account(), plan=make.plan(name="Backupper"), today=ORDERED_ON)
    known = SubscriptionWord.objects.filter(word="backupper")
    spellings = known.count()
    assert spellings > 1
    assert known.filter(variant="backuper").exists()
    insert(1, 5, like)
    assert known.count() == spellings
    Subscription.objects.filter(pk=like.pk).update(name="Zebrafish")
    assert SubscriptionWord.objects.filter(word="zebrafish").exists()


def test_a_statement_of_many_rows_is_followed_by_one_statement_and_not_by_one_a_row() -> None:
    """Seen before: 0.33, 1.05, 3.40 s for the history of 1,000, 2,000, 4,000 rows of one statement, and 0.6, 1.6, 3.6 s
    for their words: what is inserted by a trigger of each row costs the more, the more rows the statement has."""
    like = make.subscription(account=cast.account(), plan=make.plan(), today=ORDERED_ON)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'subscriptions_subscription'::regclass AND NOT tgisinternal"
            " AND tgtype & 1 = 1 AND tgtype & 2 = 0 AND tgtype & 4 = 4"  # for each row, after, insert
        )
        assert cursor.fetchall() == []
    insert(1, 50, like)
    assert Subscription.pgh_event_model.objects.filter(pgh_label="insert").count() == 51


def test_many_rows_that_change_their_words_find_the_known_ones_by_index() -> None:
    """Seen before: 516,968 known words read one by one for 400 rows, as a plan made while few were known has it."""
    like = make.subscription(account=cast.account(), plan=make.plan(), today=ORDERED_ON)
    insert(1, 400, like)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE subscriptions_subscriptionword")
        Subscription.objects.filter(pk=like.pk).update(name="Zebrafish")
        cursor.execute("ANALYZE subscriptions_subscriptionword")
        before = work()
        cursor.execute(
            "UPDATE subscriptions_subscription SET name = 'new' || translate(id::text, '0123456789', 'abcdefghij')"
        )
        after = work()
    assert after[2] - before[2] > 400
    assert after[0] - before[0] <= 10_000
