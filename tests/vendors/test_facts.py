"""What a vendor told of a service, as people read it."""

import pytest
from django.utils import translation

from subscriptions.models import Subscription
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import ORDERED_ON
from vendors.base import Fact
from vendors.facts import Item, Line, in_order, lines_of, told_over

TOLD = (
    Fact("state", "State at OpenSRS", "active"),
    Fact("valid_until", "Valid until", "2027-11-28"),
    Fact("number", "Number", "2027-13-45"),
    Fact("one_linux", "Installer for Linux", "https://av.example/1?os=linux", of="PC 1"),
    Fact("portal", "Portal", "https://portal.example/"),
    Fact("one_key", "Key", "42", of="PC 1"),
)


def test_what_belongs_together_is_one_line_and_a_day_is_written_as_days_are() -> None:
    with translation.override("en"):
        assert lines_of(TOLD) == [
            Line("State at OpenSRS", (Item("active"),)),
            Line("Valid until", (Item("28 Nov 2027"),)),
            Line("Number", (Item("2027-13-45"),)),
            Line("PC 1", (Item("Installer for Linux", "https://av.example/1?os=linux"), Item("Key: 42"))),
            Line("Portal", (Item("https://portal.example/", "https://portal.example/"),)),
        ]


def test_what_is_told_empty_is_forgotten_and_the_rest_told_over() -> None:
    known = told_over({}, [fact.kept for fact in TOLD])
    anew = told_over(known, [Fact("state", "State at OpenSRS", "expired").kept, Fact("portal", "Portal", "").kept])
    assert "portal" not in anew
    assert {fact.name or fact.label: fact.value for fact in in_order(anew)}["State at OpenSRS"] == "expired"


@pytest.mark.django_db
def test_facts_come_back_in_the_order_of_their_telling() -> None:
    acme = cast.account(name="Acme")
    top_up(account=acme, amount="100", today=ORDERED_ON)
    bought = make.subscription(account=acme, plan=make.plan(), today=ORDERED_ON)
    bought.attributes = told_over({}, [fact.kept for fact in TOLD])
    bought.save(update_fields=["attributes"])
    read = Subscription.objects.get().attributes
    assert list(read) != [fact.name for fact in TOLD], "the database has an order of its own"
    assert [fact.label for fact in in_order(read)] == [fact.label for fact in TOLD]
