"""The Log tab reads back who changed what, from what to what."""

import io
from datetime import date

import pghistory
import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils.translation import override

from accounts.models import Account, AccountStatus
from core.history import author_of, history_of
from subscriptions.models import Order
from tests.factories import accounts as make
from tests.factories import subscriptions as sold

pytestmark = pytest.mark.django_db


def test_a_new_row_has_one_entry_by_the_system():
    [entry] = history_of(make.account())
    assert (entry.title, entry.text, entry.who, entry.via_api) == ("Created", "", "System", False)


def test_entries_say_which_fields_changed_from_what_to_what_newest_first():
    manager = make.manager(name="Mary")
    account = make.account(city="Minsk")
    with pghistory.context(user=manager.pk):
        account.city, account.status = "Brest", AccountStatus.ADMINISTRATIVE_HOLD
        account.save()
        Account.objects.filter(pk=account.pk).update(manager=manager, trial=True)
    texts = [(entry.title, entry.text, entry.who) for entry in history_of(account)]
    assert texts == [
        ("Changed", "Manager: — → Mary; Trial: no → yes", "Mary"),
        ("Changed", "Status: Active → Administrative hold; City: Minsk → Brest", "Mary"),
        ("Created", "", "System"),
    ]


def test_the_api_and_the_manager_behind_an_owner_are_named():
    manager, owner = make.manager(name="Mary"), make.customer_user(account=make.account(), name="Olga")
    account = make.account()
    with pghistory.context(user=owner.pk, impersonator=manager.pk):
        Account.objects.filter(pk=account.pk).update(city="Brest")
    with pghistory.context(user=manager.pk, api=True):
        Account.objects.filter(pk=account.pk).update(city="Gomel")
    newest, before, _created = history_of(account)
    assert (newest.who, newest.via_api) == ("Mary (API)", True)
    assert before.who == "Mary, signed in as Olga"


def test_values_that_look_like_secrets_are_never_shown():
    account = make.account(attributes={"client_secret": "canary-1", "tier": "gold"})
    Account.objects.filter(pk=account.pk).update(attributes={"client_secret": "canary-2", "tier": "gold"})
    newest, _created = history_of(account)
    assert newest.text == "Additional attributes: client_secret: ••• → client_secret: •••"


def test_of_facts_with_a_label_only_those_that_changed_are_told_and_in_the_readers_language():
    facts = {"domain": {"label": "Domain", "value": "acme.example"}, "licences": {"label": "Licences", "value": "5"}}
    account = make.account(attributes=facts)
    Account.objects.filter(pk=account.pk).update(attributes={**facts, "licences": {"label": "Licences", "value": "8"}})
    assert history_of(account)[0].text == "Additional attributes: Licences: 5 → Licences: 8"
    with override("ru"):
        assert history_of(account)[0].text == "Дополнительные атрибуты: Лицензии: 5 → Лицензии: 8"


def test_notes_of_the_program_to_itself_are_not_told():
    account = make.account()
    order = sold.order(account=account, plan=sold.plan(reseller=account.reseller), today=date(2026, 1, 5))
    Order.objects.filter(pk=order.pk).update(notes="urgent", idempotency_key="canary")
    assert history_of(order)[0].text == "Notes: — → urgent"


def test_the_number_of_statements_does_not_grow_with_the_log(django_assert_num_queries):
    manager = make.manager()
    account = make.account()
    for city in ("Brest", "Gomel", "Grodno"):
        with pghistory.context(user=manager.pk):
            Account.objects.filter(pk=account.pk).update(city=city)
    with django_assert_num_queries(2):
        assert len(history_of(account)) == 4


def test_a_limited_log_still_knows_what_its_oldest_entry_changed():
    account = make.account(city="Minsk")
    for city in ("Brest", "Gomel"):
        Account.objects.filter(pk=account.pk).update(city=city)
    assert [entry.text for entry in history_of(account, limit=1)] == ["City: Brest → Gomel"]


def test_a_row_that_is_not_tracked_is_refused():
    with pytest.raises(ValueError, match="not tracked"):
        history_of(AnonymousUser())
    with pytest.raises(ValueError, match="AccountType is not tracked"):
        history_of(make.account_type())


def _line_of(account: Account, number: int) -> io.StringIO:
    """Return the account's row under another number, as COPY reads it."""
    text = io.StringIO()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE one ON COMMIT DROP AS SELECT * FROM accounts_account WHERE id = %s", [account.pk]
        )
        cursor.copy_expert("COPY one TO STDOUT", text)
        cursor.execute("DROP TABLE one")
    return io.StringIO(text.getvalue().replace(f"{account.pk}\t", f"{number}\t", 1))


def _context_after_copy(line: io.StringIO, number: int) -> object:
    with connection.cursor() as cursor:
        cursor.copy_expert("COPY accounts_account FROM STDIN", line)
    return Account.events.rel.related_model.objects.get(pgh_obj_id=number).pgh_context


def test_a_copy_carries_who_did_it_only_after_a_statement_of_the_orm():
    """django-pghistory 3.9.2 hands the context over with Django's own statements, never with COPY: write one first."""
    manager, account = make.manager(), make.account()
    lines = {number: _line_of(account, number) for number in (account.pk + 1_000_000, account.pk + 1_000_001)}
    (first, line), (second, other) = lines.items()
    with pghistory.context(user=manager.pk):
        assert _context_after_copy(line, first) is None
    with pghistory.context(user=manager.pk):
        Account.objects.filter(pk=account.pk).update(city="Brest")
        assert _context_after_copy(other, second).metadata["user"] == manager.pk


def test_no_model_with_a_trigger_is_unmanaged():
    """django-pgtrigger 4.17.0: makemigrations cannot write such a trigger down."""
    with_triggers = [model for model in apps.get_models() if getattr(model._meta, "triggers", ())]
    assert len(with_triggers) > 10
    assert [model for model in with_triggers if not model._meta.managed] == []


def test_the_author_of_what_stands_in_a_field_is_who_wrote_it_last():
    mary, sam = make.manager(name="Mary"), make.manager(name="Sam")
    account = make.account(city="Minsk")
    for manager, values in ((mary, {"city": "Brest"}), (sam, {"trial": True})):
        with pghistory.context(user=manager.pk):
            Account.objects.filter(pk=account.pk).update(**values)
    account.refresh_from_db()
    assert (author_of(account, "city"), author_of(account, "trial")) == ("Mary", "Sam")
