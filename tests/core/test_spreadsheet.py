"""Rows to XLSX and CSV."""

import csv
import io
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import openpyxl
import pytest

from core.spreadsheet import csv_lines, sheet_name, write_xlsx

ROWS = [
    ["Клиника, «Лён»", Decimal("-19.35"), date(2026, 12, 1), datetime(2026, 12, 1, 9, 5, tzinfo=UTC), None, True, 7]
]
TITLES = ["Name", "Amount", "Day", "Moment", "Nothing", "Yes", "Number"]


def written(rows: list[list[object]], titles: list[str], **given: object) -> openpyxl.Workbook:
    file = io.BytesIO()
    write_xlsx(file, titles, rows, sheet="Rows", **given)
    return openpyxl.load_workbook(io.BytesIO(file.getvalue()))


def test_xlsx_holds_values_and_not_their_texts() -> None:
    sheet = written(ROWS, TITLES)["Rows"]
    assert [cell.value for cell in sheet[1]] == TITLES
    assert [cell.value for cell in sheet[2]] == [
        "Клиника, «Лён»", -19.35, datetime(2026, 12, 1), datetime(2026, 12, 1, 9, 5), None, True, 7,
    ]  # fmt: skip


def test_xlsx_shows_a_column_in_its_format() -> None:
    sheet = written(ROWS, TITLES, formats=["", "#,##0.00", "yyyy-mm-dd"])["Rows"]
    assert (sheet["B2"].number_format, sheet["C2"].number_format) == ("#,##0.00", "yyyy-mm-dd")


@pytest.mark.parametrize("text", ["=1+1", "=cmd|'/C calc'!A0", "+1", "@SUM(A1)"])
def test_xlsx_never_makes_a_formula_of_a_text(text: str) -> None:
    cell = written([[text]], ["Name"])["Rows"]["A2"]
    assert (cell.value, cell.data_type) == (text, "s")


def test_xlsx_without_rows_has_its_titles() -> None:
    sheet = written([], ["Name", "Amount"])["Rows"]
    assert [cell.value for cell in sheet[1]] == ["Name", "Amount"]


def test_xlsx_keeps_columns_of_one_title_apart() -> None:
    sheet = written([[1, 2]], ["Total", "Total"])["Rows"]
    assert [[cell.value for cell in row] for row in sheet] == [["Total", "Total 2"], [1, 2]]


def test_xlsx_lays_out_more_sheets_where_one_will_not_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.spreadsheet.ROWS_OF_A_SHEET", 3)
    book = written([[number] for number in range(5)], ["N"], expected=5)
    assert {sheet.title: [row[0].value for row in sheet][1:] for sheet in book} == {"Rows": [0, 1, 2], "Rows 2": [3, 4]}


@pytest.mark.parametrize(
    ("name", "number", "expected"),
    [("Charges", 0, "Charges"), ("a/b:c", 0, "a b c"), ("x" * 40, 1, "x" * 29 + " 2"), ("[]", 0, "1")],
)
def test_sheet_name_is_one_that_excel_accepts(name: str, number: int, expected: str) -> None:
    assert sheet_name(name, number) == expected


def read_csv(rows: list[list[object]], titles: list[str]) -> list[list[str]]:
    content = b"".join(csv_lines(titles, rows))
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_csv_is_utf8_with_the_mark_that_excel_needs() -> None:
    assert b"".join(csv_lines(["Имя"], []))[:3] == b"\xef\xbb\xbf"
    assert read_csv(ROWS, TITLES) == [
        TITLES, ["Клиника, «Лён»", "-19.35", "2026-12-01", "2026-12-01 09:05:00", "", "True", "7"],
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1"])
def test_csv_takes_the_sting_out_of_formulas(text: str) -> None:
    assert read_csv([[text]], ["Name"])[1] == ["'" + text]


def test_csv_comes_in_pieces() -> None:
    pieces = list(csv_lines(["N"], ([number] for number in range(1200))))
    assert len(pieces) == 4
    assert len(read_csv([[number] for number in range(1200)], ["N"])) == 1201


def column(*values: object, **given: object) -> list[object]:
    """What openpyxl reads of a column of these values."""
    sheet = written([[value] for value in values], ["a"], **given).active
    return [cell.value for (cell,) in sheet.iter_rows(min_row=2)]


def test_a_column_of_numbers_with_one_date_stays_readable() -> None:
    """rustpy-xlsxwriter 0.8.0 reads 1.5 and 5 back as days of January 1900."""
    assert column(7.5, 1.5, date(2026, 1, 2), 5) == [7.5, 1.5, "2026-01-02", 5]
    assert column(None, date(2026, 1, 2), 5, date(2026, 1, 3)) == [
        None, datetime(2026, 1, 2), "5", datetime(2026, 1, 3)
    ]  # fmt: skip


def test_a_day_before_1900_does_not_break_the_file_and_the_first_day_of_all_is_none() -> None:
    """rustpy-xlsxwriter 0.8.0 raises ValueError."""
    found = column(date(1, 1, 1), datetime(1, 1, 1), date(1899, 12, 31), date(2026, 1, 2), formats=["yyyy-mm-dd"])
    assert found == [None, None, "1899-12-31", datetime(2026, 1, 2)]


def test_long_numbers_come_back_digit_by_digit() -> None:
    """As a number, an account of 20 digits becomes 4.07e19."""
    account = 40702810900000012345
    assert column(str(account), account, Decimal(account)) == [str(account)] * 3
    assert column(999_999_999_999_999, Decimal("12.50"), -7) == [999_999_999_999_999, 12.5, -7]


def test_one_instant_of_two_zones_is_one_cell() -> None:
    """rustpy-xlsxwriter 0.8.0 drops the offset."""
    utc = datetime(2026, 1, 2, 12, tzinfo=UTC)
    assert len(set(column(utc, utc.astimezone(timezone(timedelta(hours=3)))))) == 1


@pytest.mark.parametrize("row", [[1], [1, 2, 3]])
def test_a_row_of_another_length_is_refused_before_the_writer(row: list[object]) -> None:
    """rustpy-xlsxwriter 0.8.0 fills columns by place, not by key."""
    with pytest.raises(ValueError, match="argument"):
        written([row], ["a", "b"])
