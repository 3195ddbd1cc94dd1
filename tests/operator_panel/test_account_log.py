"""The log of an account tells, in the reader's language, of all that it has and of its people; page by page."""

from datetime import date

import pytest
from axes.models import AccessLog
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.models import AccessLevel
from operator_panel import account_log
from operator_panel.log_words import ACCOUNT, SUBSCRIPTION
from subscriptions.models import Subscription
from tests.browsing import confirmed
from tests.factories import accounts as cast
from tests.factories import billing as money
from tests.operator_panel.conftest import signed_in, text_of

pytestmark = pytest.mark.django_db


def test_orders_payments_letters_sign_ins_and_people_with_actor_and_cause(subscription: Subscription):
    account = subscription.account
    owner = cast.customer_user(account=account, access_level=AccessLevel.OWNER, name="Olga")
    AccessLog.objects.create(username=owner.email, ip_address="10.0.0.7", user_agent="", http_accept="", path_info="/")
    manager = cast.manager(name="Mary")
    client = signed_in(manager)
    answer = client.post(
        reverse("operator:account_change", args=[account.pk, "person"]), {"contact_first_name": "Boris"}
    )
    assert answer.status_code == 302, text_of(answer)
    told = text_of(client.get(reverse("operator:account_log", args=[account.pk])))
    for sentence in (
        f"{owner.email} signed in. From the address 10.0.0.7",
        f"{owner} joined the account.",
        "Account “Acme” was created.",
        "was placed.",
        "was asked for.",
        "A letter was written to",
        f"Subscription “{subscription.plan_name} {subscription.pk}” was ordered.",
        f"Subscription “{subscription.name}” is now “Active”",
        "is now “Completed”; it was",
        "The data of account “Acme” were changed. Mary, editing the account First name: Ann → Boris",
    ):
        assert sentence in told, sentence


def test_who_was_removed_is_told_and_by_whom(subscription: Subscription):
    """Seen before: the page said that the person joined, and nothing ever after."""
    account = subscription.account
    member = cast.customer_user(account=account, access_level=AccessLevel.USER, name="Ulla")
    client = signed_in(cast.manager(name="Mary"))
    membership = member.memberships.get()
    answer = confirmed(client, reverse("operator:account_user_remove", args=[account.pk, membership.pk]), {})
    assert answer.status_code == 302, text_of(answer)
    assert not member.memberships.exists()
    told = text_of(client.get(reverse("operator:account_log", args=[account.pk])))
    assert "Ulla was removed from the account. Mary, managing the account’s people" in told
    assert "Ulla joined the account." in told


def test_it_is_told_in_the_readers_language(subscription: Subscription):
    manager = cast.manager(language="ru")
    told = text_of(signed_in(manager).get(reverse("operator:account_log", args=[subscription.account_id])))
    with translation.override("ru"):
        said = [
            str(words.created) % {"name": name}
            for words, name in ((ACCOUNT, "Acme"), (SUBSCRIPTION, f"{subscription.plan_name} {subscription.pk}"))
        ]
        said.append(translation.gettext("of itself: a day that came, or a vendor's answer"))
    assert [one for one in said if one not in told] == []


def test_pages_follow_in_a_fixed_number_of_statements(
    subscription: Subscription, today: date, monkeypatch: pytest.MonkeyPatch
):
    account, client = subscription.account, signed_in(cast.manager())
    address = reverse("operator:account_log", args=[account.pk])

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    statements()
    before = statements()
    for _time in range(5):
        money.top_up(account=account, amount="10.00", today=today)
    assert statements() == before
    whole = client.get(address).context["entries"]
    monkeypatch.setattr(account_log, "A_PAGE", 4)
    walked, page = [], 1
    while page:
        shown = client.get(address, {"page": page}).context
        walked += shown["entries"]
        page = shown["older"]
    assert [entry.title for entry in walked] == [entry.title for entry in whole]
    assert len(walked) > 12
    assert client.get(address, {"page": "x" * 30}).status_code == 200


def test_nothing_of_another_account_is_told(subscription: Subscription):
    other = cast.account(name="Vega")
    cast.customer_user(account=other, name="Victor")
    entries, _more = account_log.log_of(other, 1)
    assert {"Account “Vega” was created.", "Victor joined the account."} <= {entry.title for entry in entries}
    assert "Acme" not in str(entries)
    assert "SO0" not in str(entries)
