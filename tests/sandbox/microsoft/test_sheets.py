"""Rows of price sheets, and how they become files."""

import zipfile
from io import BytesIO
from itertools import islice

from sandbox.microsoft import Microsoft
from sandbox.microsoft.sheets import as_csv, as_zip, month_of, rates, rows


def test_long_sheet_is_written_as_it_comes(microsoft: Microsoft) -> None:
    """The first parts are there before the last rows are thought of: a sheet of any length takes no more memory."""
    microsoft.behave(sheet_rows=10**9)
    sheet = rows(microsoft.world, "US", "updatedlicensebased", timeline="current", month=None)
    first = list(islice(as_csv(sheet), 2))
    assert [part.count(b"\r\n") for part in first] == [2_001, 2_000]


def test_zip_holds_what_was_written() -> None:
    parts = [b"one\r\n", b"two\r\n"]
    archive = zipfile.ZipFile(BytesIO(b"".join(as_zip("US.csv", iter(parts)))))
    assert (archive.namelist(), archive.read("US.csv"), archive.testzip()) == (["US.csv"], b"one\r\ntwo\r\n", None)


def test_months_are_read_strictly(microsoft: Microsoft) -> None:
    microsoft.set_clock(at="2026-06-10T12:00:00", stopped=True)
    assert month_of("202606") == 1_780_272_000.0
    assert (month_of("june"), month_of("202613")) == (None, None)
    assert rates(microsoft.world, "202607") is None
    assert rates(microsoft.world, "202606") == {"USD": "1", "EUR": "1.08", "GBP": "1.27", "RUB": "0.0125"}
