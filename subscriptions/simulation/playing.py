"""A whole billing history carried out by the real verbs and nights, in a transaction that is rolled back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import override

from billing.engine.periods import next_billing_day
from billing.models import unnumbered
from billing.taxing import payments_without_taxes
from subscriptions.models import Subscription, SubscriptionStatus
from subscriptions.night.reminding import DAYS_BEFORE, remind
from subscriptions.night.renewals import renew_accounts
from subscriptions.simulation.above import put_above
from subscriptions.simulation.books import books_of, note_messages
from subscriptions.simulation.deeds import carry_out
from subscriptions.simulation.history import History, read_history
from subscriptions.simulation.stage import Stage, first_day, set_up


def simulate(history: dict[str, Any]) -> dict[str, Any]:
    """Carry a history out and return the books as plain values; nothing of it stays. Raises BadHistory."""
    with played(history) as stage:
        return books_of(stage)


@contextmanager
def played(history: dict[str, Any]) -> Iterator[Stage]:
    """Carry a history out, and have its rows there for the length of the block. Raises BadHistory.

    The nights run at the start of every day from the first event to `until`: those on which nothing is due leave
    nothing behind and are passed over.
    """
    story = read_history(history)
    with _rolled_back(), payments_without_taxes(), override("en"):
        stage = play(story)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # every posting balanced, or this fails
        yield stage


def play(story: History) -> Stage:
    """Carry a history out; what becomes of its rows is for the caller's transaction to say."""
    with override("en"):
        stage = set_up(story)
        put_above(stage, first_day(story))
        for event in story.events:
            if event.day <= story.until:
                _pass_nights(stage, event.day)
                carry_out(stage, event)
                note_messages(stage, event.day)
        _pass_nights(stage, story.until)
        note_messages(stage, story.until)
        return stage


def _pass_nights(stage: Stage, until: date) -> None:
    """Carry out the nights up to and with that of a day; after one, what a coming billing day needs is told (CR-542).

    Those between are caught up: they give the same books (decision 14).
    """
    account, lead = stage.account, timedelta(days=DAYS_BEFORE)
    running = Subscription.objects.filter(account=account, status=SubscriptionStatus.ACTIVE)
    while not stage.story.postpay and stage.subscriptions:
        day = next_billing_day(stage.night_of + lead, stage.story.billing_day) - lead
        if day > until or not running.exists():
            break
        renew_accounts(account_ids=[account.pk], today=day)
        stage.night_of = day
        required = remind({account.pk: account}, day + lead)
        note_messages(stage, day, required=required.get(account.pk))
    renew_accounts(account_ids=[account.pk], today=until)
    stage.night_of = until


@contextmanager
def _rolled_back() -> Iterator[None]:
    with transaction.atomic(), unnumbered():
        try:
            yield
        finally:
            transaction.set_rollback(True)
