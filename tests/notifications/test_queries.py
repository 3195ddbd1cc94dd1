"""People see their own messages, and no letter that opens a door."""

import pytest

from accounts.actors import SYSTEM, actor_of
from notifications.announce import announce
from notifications.queries import notifications_visible_to
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db


def tell(user, key, **more):
    return announce("export_ready", context={"file": key, "rows": 1}, key=key, user=user, **more)


def subjects(actor) -> list[str]:
    return sorted(notifications_visible_to(actor).values_list("subject", flat=True))


def test_everybody_sees_the_own_messages_only():
    mary, sam = make.manager(), make.manager()
    tell(mary, "mary.csv")
    tell(sam, "sam.csv")
    assert subjects(actor_of(mary)) == ["Your file is ready: mary.csv"]
    assert subjects(SYSTEM) == []


def test_a_customers_user_sees_messages_of_the_account_acted_for_and_personal_ones():
    first, second = make.account(), make.account()
    ann = make.customer_user(account=first)
    make.member(account=second, user=ann)
    tell(ann, "first.csv", account=first)
    tell(ann, "second.csv", account=second)
    tell(ann, "own.csv")
    assert subjects(actor_of(ann, account=second)) == [
        "Your file is ready: own.csv",
        "Your file is ready: second.csv",
    ]


def test_a_letter_with_a_secret_link_is_for_the_mailbox_alone():
    mary = make.manager()
    announce("password_reset", context={"person": "Mary"}, key="1", user=mary, link_object_id=mary.pk)
    assert subjects(actor_of(mary)) == []
