"""What an event writes into the outbox, for whom, and in which language."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.template.loader import get_template
from django.utils import translation
from django.utils.html import escape

from accounts.models import AccessLevel, Role, User, UserStatus
from accounts.sign_in import home_of
from core.money import Money
from notifications.announce import announce
from notifications.events import EVENTS, Event
from notifications.links import PLACE
from notifications.models import Notification, NotificationStatus
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db

COMING = {
    "account": "Acme",
    "day": date(2018, 9, 1),
    "required": Money(Decimal("1902.40"), "USD"),
    "available": Money(Decimal("100.00"), "USD"),
    "missing": Money(Decimal("1802.40"), "USD"),
}


def test_an_event_is_told_once_per_key_however_often_it_is_announced():
    account = make.account()
    make.customer_user(account=account)
    first = announce("billing_day_is_coming", context=COMING, key="7:2018-09-01", account=account)
    again = announce("billing_day_is_coming", context=COMING, key="7:2018-09-01", account=account)
    later = announce("billing_day_is_coming", context=COMING, key="7:2018-10-01", account=account)
    assert (len(first), again, len(later)) == (1, [], 1)
    assert Notification.objects.count() == 2


def test_the_customers_owner_and_admins_hear_of_it_and_plain_users_do_not():
    account = make.account()
    owner = make.customer_user(account=account)
    admin = make.customer_user(account=account, access_level=AccessLevel.ADMIN)
    make.customer_user(account=account, access_level=AccessLevel.USER)
    make.customer_user(account=account, access_level=AccessLevel.ADMIN, status=UserStatus.INACTIVE)
    rows = announce("billing_day_is_coming", context=COMING, key="1", account=account)
    assert [row.email for row in rows] == [owner.email, admin.email]
    assert {row.status for row in rows} == {NotificationStatus.QUEUED}


def test_an_account_without_users_is_told_at_its_own_address():
    account = make.account(email="office@example.com")
    rows = announce("billing_day_is_coming", context=COMING, key="1", account=account)
    assert [(row.email, row.user) for row in rows] == [("office@example.com", None)]


def test_a_message_is_written_in_the_recipients_language():
    account = make.account()
    make.customer_user(account=account, language="en")
    [row] = announce("billing_day_is_coming", context=COMING, key="1", account=account, path="/payments/")
    assert row.subject == "Billing day 01 Sep 2018 is coming: $1,902.40 is needed"
    assert row.body_text == (
        "Operator\n\n"
        "On 01 Sep 2018 the subscriptions of Acme are renewed. They need $1,902.40; $100.00 is available now.\n\n"
        "Top up at least $1,802.40 before that day, else subscriptions without funds are stopped.\n\n"
        "For the bank details of Operator write to operator@example.com.\n\n"
        "Open in the panel:\nhttp://localhost:8000/payments/\n"
    )
    assert 'href="http://localhost:8000/payments/"' in row.body_html


def test_amounts_and_days_follow_a_russian_recipient():
    account = make.account()
    make.customer_user(account=account, language="ru")
    [row] = announce("billing_day_is_coming", context=COMING, key="1", account=account)
    assert "1\xa0902,40\xa0$" in row.body_text
    assert "01 сент. 2018" in row.body_text


ASKING = [name for name, event in EVENTS.items() if event.asks_for_money]


def test_every_letter_of_money_that_is_to_be_paid_asks_for_it():
    """Judged by its words: who adds a letter that says "to pay" or "top up" has to say how."""
    texts = {name: Path(get_template(f"emails/{name}.txt").origin.name).read_text() for name in EVENTS}
    asking = [name for name, text in texts.items() if re.search(r"to pay|pay what|pay it|top up", text, re.IGNORECASE)]
    assert asking == ASKING
    assert len(asking) == 6


@pytest.mark.parametrize("name", ASKING)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_letters_that_ask_for_money_say_how_to_pay_as_the_pages_do(name: str, language: str):
    """Seen before: the amount, and nothing of where to."""
    seller = make.reseller(
        name="North & Co", bank_details="First Bank\nAccount 0123", card_page="https://pay.example/n"
    )
    account = make.account(reseller=seller)
    make.customer_user(account=account, language=language)
    context = dict.fromkeys(EVENTS[name].placeholders, "7")
    [row] = announce(name, context=context, key="1", account=account)
    assert "First Bank\nAccount 0123\n" in row.body_text
    assert "North & Co" in row.body_text
    assert "https://pay.example/n" in row.body_text
    assert "First Bank<br>Account 0123" in row.body_html
    assert 'href="https://pay.example/n"' in row.body_html


def test_a_reminder_that_needs_nothing_asks_for_nothing():
    account = make.account()
    make.customer_user(account=account)
    [row] = announce("billing_day_is_coming", context={**COMING, "missing": ""}, key="1", account=account)
    assert "bank" not in row.body_text + row.body_html


def test_what_people_typed_cannot_become_markup():
    account = make.account()
    make.customer_user(account=account)
    [row] = announce(
        "billing_day_is_coming",
        context={**COMING, "account": "<b>Acme</b> & co"},
        key="1",
        account=account,
    )
    assert "&lt;b&gt;Acme&lt;/b&gt; &amp; co" in row.body_html
    assert "<b>Acme</b> & co" in row.body_text


def test_a_failed_provisioning_reaches_the_accounts_manager_and_the_administrators_once():
    north = make.reseller()
    admin = make.manager(reseller=north)
    seller = make.manager(reseller=north, role=Role.SALES)
    make.manager(reseller=north, role=Role.MARKETING)
    account = make.account(reseller=north, manager=seller)
    context = {"subscription": "Office 365", "account": "Acme", "operation": "order", "reason": "Domain is taken."}
    rows = announce("provisioning_failed", context=context, key="1", account=account)
    assert [row.email for row in rows] == [seller.email, admin.email]
    account.manager = admin
    assert len(announce("provisioning_failed", context=context, key="2", account=account)) == 1


def test_a_manager_who_has_not_accepted_the_invitation_hears_nothing_of_the_business():
    """The address may be a stranger's until its link is opened."""
    north = make.reseller()
    admin = make.manager(reseller=north)
    invited = make.manager(reseller=north)
    User.everyone.filter(pk=invited.pk).update(signs_in=False)
    invited.refresh_from_db()
    account = make.account(reseller=north, manager=invited)
    context = {"subscription": "Office 365", "account": "Acme", "operation": "order", "reason": "Domain is taken."}
    rows = announce("provisioning_failed", context=context, key="1", account=account)
    assert [row.email for row in rows] == [admin.email]


def test_administrators_of_exactly_the_reseller_hear_of_a_missing_consent():
    north = make.reseller()
    admin = make.manager(reseller=north)
    make.manager(reseller=make.reseller())
    context = {"connection": "Microsoft", "reason": "The consent has expired."}
    rows = announce("consent_needed", context=context, key="1", reseller=north)
    assert [row.email for row in rows] == [admin.email]


@pytest.mark.parametrize(
    ("event", "context"), [("no_such_event", {}), ("export_ready", {"file": "a.csv"}), ("export_ready", {})]
)
def test_an_unknown_event_or_a_missing_placeholder_is_refused(event, context):
    with pytest.raises(ValueError, match=event):
        announce(event, context=context, key="1", email="a@example.com")


def test_an_event_for_one_person_needs_the_person():
    with pytest.raises(ValueError, match="nobody is named"):
        announce("export_ready", context={"file": "a.csv", "rows": 3}, key="1")


# A net cost that becomes another.
CHANGE = {
    "plan": "mark-changes", "resource": "seats", "day": date(2018, 9, 1), "currency": "USD",
    "old": Decimal(7), "new": Decimal(8), "retail": Decimal(10), "margin": Decimal(2), "share": Decimal(20),
}  # fmt: skip

LOSS = {
    "plan": "mark-prices", "resource": "seats", "market": "DE", "day": date(2018, 9, 1), "today": False,
    "currency": "USD", "price": Decimal(9), "cost": Decimal(10), "loss": Decimal(1),
}  # fmt: skip


WINDOW = {"resource": "mark-windows", "kind": "units", "units": 2, "until": datetime(2018, 9, 1, tzinfo=UTC)}
# Says which sentence is told, and stands in none.
CHOOSES = "choice"
TERM = {"resource": "mark-terms", "kind": "renews", "units": 2, "price": None, "currency": "USD"}


@pytest.mark.parametrize("name", sorted(EVENTS))
@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_event_has_texts_for_every_placeholder(name, language):
    account = make.account()
    marks = {placeholder: f"mark-{placeholder}" for placeholder in EVENTS[name].placeholders}
    others = {"facts": [("label", "mark-facts")], "rows": 3, "changes": [CHANGE], "prices": [LOSS], "more": 3}
    others |= {"windows": [WINDOW], "terms": [TERM], "kinds": [("mark-kinds", 3)]}
    others |= {"number": 3} if "kinds" in marks else {}
    marks |= {key: value for key, value in others.items() if key in marks}
    [row, *_rest] = announce(
        name,
        context=marks,
        key="1",
        account=account,
        user=make.customer_user(account=account, language=language),
        reseller=make.manager(role=Role.ADMIN).reseller,
        link_object_id=1,
    )
    text = row.subject + row.body_text
    html = row.subject + row.body_html
    counted = {key for key, value in marks.items() if isinstance(value, int)}
    for placeholder in EVENTS[name].placeholders - counted - {CHOOSES}:
        assert f"mark-{placeholder}" in text, placeholder
        assert f"mark-{placeholder}" in html, placeholder
    assert "%(" not in text
    _has_company_and_button(row, EVENTS[name], marks.get("company", str(account.reseller)))


def _has_company_and_button(row: Notification, event: Event, company: str) -> None:
    """Every letter names the company that writes, and one button leads on: in HTML and, with its address, in text."""
    with translation.override(row.language):
        button = str(event.button)
    address = PLACE if event.link_kind else f"http://localhost:8000{home_of(row.user)}"
    assert row.body_text.splitlines()[0] == company
    assert row.body_text.rstrip().splitlines()[-2:] == [f"{button}:", address]
    assert row.body_text.count(address) == 1
    (link,) = re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', row.body_html)
    assert link == (address, escape(button))
    assert f">{escape(company)}</td>" in row.body_html


def test_a_letter_without_a_page_leads_its_reader_home():
    account = make.account()
    manager = make.manager(reseller=account.reseller)
    [row] = announce("payment_set_aside", account=account, key="1", context=dict.fromkeys(
        ("payment", "amount", "account", "reason"), "x"))  # fmt: skip
    assert (row.email, row.body_text.splitlines()[-1]) == (manager.email, "http://localhost:8000/operator/")
