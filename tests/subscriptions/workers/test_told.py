"""What was told tonight, and since anything has happened to a service."""

from datetime import timedelta

import pytest

from subscriptions.models import Subscription
from subscriptions.workers.told import agreement, commitments_told, ids_of, is_told_whole
from tests.subscriptions.resolving.altered import SUBSCRIPTION, Altered
from vendors.registry import plugin_for

pytestmark = pytest.mark.django_db


def test_commitments_of_tonight_that_nothing_has_happened_to_since(world: Altered) -> None:
    (row,) = world.untouched
    world.night()
    row.refresh_from_db()
    plugin, now = plugin_for("office365"), world.story.moment
    told = commitments_told([row], now=now)
    assert [one.quantity for one in told[row.pk]] == [5]
    assert ids_of(plugin, row) == {"seats": row.vendor_ids[SUBSCRIPTION]}
    assert is_told_whole(plugin, row, told[row.pk])
    assert not is_told_whole(plugin, row, ())
    assert commitments_told([row], now=now + timedelta(days=1)) == {}
    assert list(agreement(plugin, row)) == []
    row.attributes = {**row.attributes, "agreement": {"label": "Agreement", "value": "required"}}
    assert [one.kind for one in agreement(plugin, row)] == ["agreement"]
    Subscription.objects.filter(pk=row.pk).update(quantity=6)
    row.refresh_from_db()
    assert commitments_told([row], now=now) == {}
