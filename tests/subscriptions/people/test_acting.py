"""What a vendor offers beyond the usual steps, for a service as it stands."""

import pytest

from accounts.actors import SYSTEM, Forbidden
from subscriptions.models import Subscription
from subscriptions.people.acting import ActionNotOffered, act, actions_of
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.subscriptions.conftest import ORDERED_ON
from vendors.capabilities import Document, Said

pytestmark = pytest.mark.django_db
NOW = make.noon(ORDERED_ON)


def names(subscription: Subscription) -> list[str]:
    return [action.name for action in actions_of(subscription)]


def test_what_waits_offers_what_helps_while_it_waits(waiting: Subscription) -> None:
    assert names(waiting) == ["resend"]
    said = act(actor=SYSTEM, subscription=waiting, name="resend", now=NOW)
    assert isinstance(said, Said)
    with pytest.raises(ActionNotOffered):
        act(actor=SYSTEM, subscription=waiting, name="report", now=NOW)


def test_what_runs_offers_all_and_hands_out_files(running: Subscription) -> None:
    assert names(running) == ["resend", "sign_in", "report"]
    assert isinstance(act(actor=SYSTEM, subscription=running, name="report", now=NOW), Document)


def test_what_is_anothers_is_not_asked_for(running: Subscription) -> None:
    with pytest.raises(Forbidden):
        act(actor=cast.customer_actor(account=cast.account(name="Other")), subscription=running, name="report", now=NOW)


def test_nothing_is_offered_without_a_vendor_or_before_it_has_begun(ordered: Subscription) -> None:
    assert names(ordered) == []
    account = cast.account(name="Other")
    assert names(make.subscription(account=account, plan=make.plan(), today=ORDERED_ON)) == []
