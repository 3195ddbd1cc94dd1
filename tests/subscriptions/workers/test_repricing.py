"""The prices of a mass price change are written once, however often the job is begun again."""

import pytest

from accounts.actors import SYSTEM
from subscriptions.models import Plan, ResourcePrice
from subscriptions.people.price_changes import PriceChangeNotAllowed, confirm_price_change, undo_price_change
from subscriptions.workers import repricing
from subscriptions.workers.repricing import prices_on, unfinished, write_prices
from tests.subscriptions.people.test_price_changes import DAY, DAY_BEFORE, TODAY, D, _draft, _prices, plans

pytestmark = pytest.mark.django_db
__all__ = ["plans"]  # the fixture


def test_it_is_written_once_and_undone_until_its_day(plans: list[Plan], monkeypatch: pytest.MonkeyPatch) -> None:
    draft = _draft(plans)
    confirm_price_change(actor=SYSTEM, change=draft, today=TODAY)
    assert unfinished() == [draft.pk]
    monkeypatch.setattr(repricing, "BATCH", 1)
    assert repricing._write_batch(draft.pk), "killed after the first batch"
    for _ in range(2):
        write_prices(change_id=draft.pk)
    draft.refresh_from_db()
    assert (draft.status, draft.lines_done, unfinished()) == ("done", 2, [])
    assert (_prices(plans, DAY_BEFORE), _prices(plans, DAY)) == ([D("10"), D("0.125")], [D("8"), D("0.1")])
    assert ResourcePrice.objects.filter(valid_from=DAY).count() == 2
    assert prices_on([plans[0].resources.get().pk], DAY)[plans[0].resources.get().pk].net_cost == D("9.00")

    undo_price_change(actor=SYSTEM, change=draft, today=DAY_BEFORE)
    assert _prices(plans, DAY) == [D("10"), D("0.125")]
    with pytest.raises(PriceChangeNotAllowed):
        undo_price_change(actor=SYSTEM, change=draft, today=DAY_BEFORE)
