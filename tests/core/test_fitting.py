"""No value that is too large for its column reaches the database: over every column there is."""

from decimal import Decimal

import pytest
from django.apps import apps
from django.db import DataError, connection, models, transaction

from accounts.models import Account, AccountClass
from billing.models import LedgerEntry
from core.fitting import DoesNotFit, Fitting, refuse_unfit
from core.lists.models import SavedView
from subscriptions.models import MarkupRule, Subscription
from tests.factories import accounts as cast

OURS = [model for model in apps.get_models() if model.__module__.split(".")[0] in {
    "accounts", "billing", "core", "notifications", "subscriptions", "vendors",
}]  # fmt: skip
KEPT = [model for model in OURS if issubclass(model, Fitting)]
# What is not written by save(), each with its reason.
EXEMPT = {
    "Event": "rows of the history, written by triggers from rows that fit",
    "Word": "words, written by triggers, cut to their length",
    "Supervision": "two ids",
    "SignInAs": "ids, moments and an address of the network",
    "UsedLink": "hashes",
    "Account_users": "two ids",
    "ServiceTerm_account_types": "two ids",
}
NUMBERS = [
    (model, field)
    for model in KEPT
    for field in model._meta.concrete_fields
    if isinstance(field, models.DecimalField | models.IntegerField) and not field.primary_key and not field.is_relation
]
TEXTS = [
    (model, field)
    for model in KEPT
    for field in model._meta.concrete_fields
    if isinstance(field, models.CharField) and field.max_length
]


def largest(field: models.Field) -> Decimal | int:
    if isinstance(field, models.DecimalField):
        return Decimal(f"{'9' * (field.max_digits - field.decimal_places)}.{'9' * field.decimal_places}")
    return connection.ops.integer_field_range(field.get_internal_type())[1]


def name(pair: object) -> str:
    return str(getattr(pair, "__name__", None) or getattr(pair, "name", pair))


def test_every_table_of_ours_is_guarded() -> None:
    """A new model keeps its rows as Timestamped or Fitting does, or says here why not."""
    loose = [model.__name__ for model in OURS if not issubclass(model, Fitting)]
    assert [one for one in loose if not any(one.endswith(exempt) for exempt in EXEMPT)] == []
    assert NUMBERS
    assert TEXTS


@pytest.mark.parametrize(("model", "field"), NUMBERS, ids=name)
def test_one_more_than_the_largest_number_is_refused(db: None, model: type[models.Model], field: models.Field) -> None:
    """The database's own bound is ours: it takes the largest number, and what it would not take is refused by name."""
    most = largest(field)
    refuse_unfit(model, {field.name: most})
    kind = field.db_type(connection)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s::{kind}", [most])
        with pytest.raises(DataError), transaction.atomic():
            cursor.execute(f"SELECT %s::{kind}", [most + 1])
    for absurd in (most + 1, 10**30, -(10**30), 10**5_000):
        with pytest.raises(DoesNotFit) as refusal:
            refuse_unfit(model, {field.name: absurd})
        assert refusal.value.field == field.name
        assert refusal.value.sentence


@pytest.mark.parametrize(("model", "field"), TEXTS, ids=name)
def test_a_text_that_is_no_text_or_too_long_is_refused(model: type[models.Model], field: models.Field) -> None:
    refuse_unfit(model, {field.name: "x" * field.max_length})
    for bad in ("x" * (field.max_length + 1), "a\0b", "a\ud800b"):
        with pytest.raises(DoesNotFit) as refusal:
            refuse_unfit(model, {field.name: bad})
        assert refusal.value.field == field.name


def test_the_history_is_as_wide_as_what_it_remembers() -> None:
    """A trigger copies what fits the row; a narrower column of the history would refuse it late."""
    narrow = [
        f"{event.__name__}.{field.name}"
        for event in OURS
        if event.__name__.endswith("Event")
        for field in event._meta.concrete_fields
        if (tracked := {one.name: one for one in event.pgh_tracked_model._meta.concrete_fields}.get(field.name))
        and isinstance(field, models.DecimalField | models.CharField)
        and (field.max_length, getattr(field, "max_digits", 0))
        != (tracked.max_length, getattr(tracked, "max_digits", 0))
    ]
    assert narrow == []


def test_every_amount_is_of_one_width() -> None:
    """Amounts, balances, totals and limits: what fits one of them fits all. A markup's amount is a price of a unit."""
    widths = {
        (field.max_digits, field.decimal_places)
        for model, field in NUMBERS
        if model is not MarkupRule and isinstance(field, models.DecimalField) and field.name in {
            "amount", "balance", "total", "credit_limit", "credit_limit_override",
        }
    }  # fmt: skip
    assert widths == {(24, 3)}


def test_rows_are_refused_before_they_are_written(db: None) -> None:
    """One row, many rows, a change of many rows; JSON inside; every field that does not fit is named at once."""
    account = cast.account()
    account.name, account.city = "x" * 201, "y" * 101
    with pytest.raises(DoesNotFit) as refusal:
        account.save()
    assert [problem.field for problem in refusal.value.problems] == ["name", "city"]
    with pytest.raises(DoesNotFit):
        Account.objects.filter(pk=account.pk).update(credit_limit_override=Decimal(10) ** 21)
    with pytest.raises(DoesNotFit):
        AccountClass.objects.bulk_create([AccountClass(reseller=account.reseller, subzero_period=2**31)])
    account = Account.objects.get(pk=account.pk)
    for attributes in ({"a": ["b\0"]}, {"\ud800": 1}, {"a": {"b": [{"c": "\0"}]}}):
        account.attributes = attributes
        with pytest.raises(DoesNotFit):
            account.save(update_fields=["attributes"])
    account.save(update_fields=["city"])  # only what is written is looked at
    account.refresh_from_db()
    assert account.name != "x" * 201


def test_what_the_database_computes_is_left_to_it(db: None) -> None:
    account = cast.account()
    Account.objects.filter(pk=account.pk).update(name=models.F("primary_name"))
    refuse_unfit(LedgerEntry, {"number": None, "balance": None})
    refuse_unfit(Subscription, {"pk": 5, "account": account})


def test_the_sentence_names_the_field_and_the_remedy() -> None:
    with pytest.raises(DoesNotFit, match=r"^Name: at most 60 characters can be kept, and there are 61\. Shorten it\.$"):
        refuse_unfit(SavedView, {"name": "x" * 61})
    with pytest.raises(
        DoesNotFit, match=r"^Subzero period, days: enter a whole number from -2147483648 to 2147483647\.$"
    ):
        refuse_unfit(AccountClass, {"subzero_period": 2**31})
    with pytest.raises(DoesNotFit, match=r"^Credit limit: the number has more than 21 digits before the point"):
        refuse_unfit(AccountClass, {"credit_limit": Decimal(10) ** 21})
    with pytest.raises(DoesNotFit, match="enter a number"):
        refuse_unfit(AccountClass, {"credit_limit": Decimal("NaN")})
