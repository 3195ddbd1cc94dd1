"""What a mark says when it is read back (the pages: test_gate.py)."""

import pytest

from accounts.actors import actor_of
from accounts.changed_form import Standing
from core.panel.drawn import NOBODY
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db


def test_a_standing_reads_as_a_person_and_a_place():
    account = make.account(name="Acme")
    olga, mary = make.customer_user(account=account, name="Olga"), make.manager(name="Mary")
    assert Standing.of(actor_of(mary).standing).title == "Mary (Operator)"
    assert Standing.of(actor_of(olga).standing).title == "Olga (Acme)"
    assert Standing.of(actor_of(olga, impersonator=mary).standing).title == "Mary, signed in as Olga (Acme)"


def test_what_is_gone_reads_as_a_dash():
    assert Standing.of("customer:123456:0:123456").title == "— (—)"
    assert Standing.of(NOBODY).title == "— (—)"


def test_no_two_ways_of_acting_stand_alike():
    account, other = make.account(), make.account()
    olga, mary = make.customer_user(account=account), make.manager()
    make.member(account=other, user=olga)
    actors = [
        actor_of(mary),
        actor_of(olga, account=account),
        actor_of(olga, account=other),
        actor_of(olga, account=account, impersonator=mary),
        actor_of(olga, account=other, impersonator=mary),
        actor_of(make.manager()),
    ]
    assert len({actor.standing for actor in actors}) == len(actors)
