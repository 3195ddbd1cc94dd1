"""The file of every list: an amount stands as a number in a column of its currency, with that currency's digits."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.corrections import ask_correction
from billing.guarantees import give_guarantee
from billing.models import Payment
from core.lists.files import file_columns, number_format
from core.lists.listing import Listing
from operator_panel.urls import LISTS
from tests.factories import accounts as cast
from tests.factories import billing as money
from tests.factories import commitments as bound
from tests.factories import subscriptions as make
from tests.factories.taxes import credit_note

pytestmark = pytest.mark.django_db
DAY = date(2018, 8, 20)
# What each currency's seller sold, and how a spreadsheet writes an amount of it.
SOLD = {"USD": ("7.50", "#,##0.00"), "KWD": ("7.512", "#,##0.000"), "JPY": ("750", "#,##0")}
# What stands in tabs only is of one account, and so of one currency.
OF_MONEY = sorted(
    name for name, one in LISTS.items() if one.own_page and any(column.content.currency for column in one.columns)
)


@pytest.fixture
def sold(db: None) -> None:
    """An order, a payment, charges and a balance in each of three currencies, in the sight of one manager."""
    for currency, (price, _format) in SOLD.items():
        seller = cast.operator() if currency == "USD" else cast.reseller(currency=currency)
        account: Account = cast.account(reseller=seller)
        money.top_up(account=account, amount=price, today=DAY)
        sold = make.subscription(account=account, plan=make.plan(reseller=seller, prices={"seats": price}), today=DAY)
        bound.commitment(subscription=sold, now=timezone.now())
        debtor = cast.reseller() if seller.is_operator else seller
        money.owed(charge=sold.charges.earliest("pk"), creditor=cast.operator(), debtor=debtor, amount=price)
        credit_note(money.invoice(account, total=price, day=DAY), total=f"-{price}")
        ask_correction(actor=SYSTEM, account=account, amount=Decimal(price), reason="Goodwill", today=DAY)
        give_guarantee(
            actor=SYSTEM,
            account=account,
            amount=Decimal(price),
            reason="Paid",
            today=DAY,
            expires_on=DAY + timedelta(days=365),
        )


def _shown_all(listing: Listing, client: Client, address: str) -> None:
    names = [column.name for column in listing.columns]
    client.post(address, {"do": "columns", "order": names, "columns": names})


def test_there_are_lists_of_money() -> None:
    assert set(OF_MONEY) >= {"orders", "payments", "charges", "accounts"}


def test_every_amount_is_a_number_in_a_column_of_its_currency(sold: None) -> None:
    client = Client()
    client.force_login(cast.manager())
    for name in OF_MONEY:
        _amounts_are_numbers(client, name)


def _amounts_are_numbers(client: Client, name: str) -> None:
    listing, address = LISTS[name], reverse(f"operator:{name}")
    _shown_all(listing, client, address)
    answer = client.post(address, {"do": "export", "format": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    titles = [cell.value for cell in sheet[1]]
    plain = client.post(address, {"do": "export", "format": "csv"}).getvalue().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(plain)))
    assert rows[0] == titles
    for column in (one for one in listing.columns if one.content.currency):
        for currency, (_price, written) in SOLD.items():
            at = titles.index(f"{column.title}, {currency}")
            cells = [row[at] for row in sheet.iter_rows(min_row=2) if row[at].value is not None]
            assert cells or column.name == "credit_limit", (name, column.name, currency)
            assert all(isinstance(cell.value, int | float) for cell in cells), (name, column.name, currency)
            if column.content.exact:
                assert {cell.number_format for cell in cells} <= {written}, (name, column.name, currency)
                decimals = {-Decimal(row[at]).as_tuple().exponent for row in rows[1:] if row[at]}
                assert decimals <= {len(written.partition(".")[2])}
    assert f"-{timezone.localdate()}.xlsx" in answer["Content-Disposition"]


def test_a_row_of_a_currency_that_came_later_is_not_left_out(sold: None) -> None:
    listing = LISTS["payments"]
    dinars, dollars = (Payment.objects.filter(currency=code) for code in ("KWD", "USD"))
    (column,) = file_columns(dollars, [listing.column("amount")])
    assert [column.value(row) for row in dinars] == [f"{row.amount} KWD" for row in dinars]


def test_a_price_a_unit_keeps_its_finer_digits() -> None:
    assert [number_format(code, exact=False) for code in ("USD", "KWD", "JPY")] == ["#,##0.00####", "#,##0.000###", ""]


def test_a_list_without_rows_has_its_titles_as_they_are(db: None) -> None:
    listing = LISTS["payments"]
    rows = Payment.objects.none()
    titles = [one.title for one in file_columns(rows, listing.columns)]
    assert titles == [str(column.title) for column in listing.columns]
