"""Reconciliation finds what was altered at Microsoft, none false; the page settles it in bulk, with a preview."""

import os
from collections import Counter

import pytest
from django.test import Client

from notifications.models import Notification
from subscriptions.models import Choice, Difference, DifferenceKind, Resolution, Settled
from subscriptions.resolving.working import work_on
from tests.factories import accounts as cast
from tests.operator_panel.conftest import signed_in, text_of
from tests.subscriptions.resolving.altered import Altered, an_altered_world

pytestmark = pytest.mark.django_db
# Of each of eight kinds: twenty-four differences in the check, five hundred and four in `make prove`.
EACH = 63 if os.environ.get("PROVE") else 3


def settled_in_bulk(world: Altered, client: Client, choice: str, query: str) -> Resolution:
    """Settle all that the list shows, as a person does on the page; the workers do their part."""
    drafted = client.post(f"/operator/differences/{query}", {"do": choice, "of": "all"})
    resolution = Resolution.objects.order_by("pk").last()
    assert drafted["Location"] == f"/operator/resolutions/{resolution.pk}/"
    untouched = list(Difference.objects.order_by("pk").values_list("settled", "operation"))
    work_on(resolution.pk, today=world.story.today, now=world.story.moment)
    assert list(Difference.objects.order_by("pk").values_list("settled", "operation")) == untouched
    shown = text_of(client.get(f"/operator/resolutions/{resolution.pk}/"))
    assert "What it does to the money" in shown
    client.post(f"/operator/resolutions/{resolution.pk}/confirm/", {"confirmed": "yes"})
    done = work_on(resolution.pk, today=world.story.today, now=world.story.moment)
    assert done is not None
    assert (done.status, done.lines_done + done.lines_refused) == ("done", done.lines_total)
    world.story.work()
    return done


def test_what_was_altered_is_found_none_false_and_settled_in_bulk() -> None:
    with an_altered_world(EACH) as world:
        assert world.night() == 8 * EACH
        found = Difference.objects.order_by("pk")
        assert Counter(found.values_list("kind", "subscription")) == Counter(world.injected)
        assert not found.filter(subscription__in=world.untouched).exists()
        (letter,) = Notification.objects.filter(event="differences_found")
        assert str(8 * EACH) in letter.subject
        assert world.night() == 0
        assert Notification.objects.filter(event="differences_found").count() == 1

        client = signed_in(cast.manager(name="Resolute"))
        for kind, choice in HALVES:
            settled_in_bulk(world, client, choice, f"?kind={kind}")
        left = Counter(Difference.objects.filter(settled="").values_list("kind", flat=True))
        assert left == Counter({DifferenceKind.AGREEMENT: EACH}), left
        world.story.microsoft.accept_agreement(domain="customer2.onmicrosoft.com")
        assert world.night() == 0
        assert not Difference.objects.filter(settled="").exists()
        assert Counter(Difference.objects.values_list("settled", flat=True)) == Counter(
            {Settled.ACCEPTED: 3 * EACH, Settled.RESTORED: 4 * EACH, Settled.VANISHED: EACH}
        )
        world.story.books_agree()


HALVES = (
    (DifferenceKind.QUANTITY, Choice.ACCEPT),
    (DifferenceKind.SUSPENDED, Choice.RESTORE),
    (DifferenceKind.RUNNING, Choice.RESTORE),
    (DifferenceKind.ENDED, Choice.ACCEPT),
    (DifferenceKind.TERM, Choice.ACCEPT),
    (DifferenceKind.END_OF_TERM, Choice.RESTORE),
    (DifferenceKind.AGREEMENT, Choice.RESTORE),
    (DifferenceKind.UNKNOWN, Choice.RESTORE),
)
