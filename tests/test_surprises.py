"""docs/surprises.md: every row names a test that exists, and what a library does was seen with the version it names."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "surprises.md").read_text()
ROW = re.compile(
    r"^\| (?P<behaviour>[^|]+) \| (?P<version>[^|]+) \| (?P<source>[^|]+) \| (?P<tests>[^|]+) \|$", re.MULTILINE
)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ROWS = [row for row in ROW.finditer(PAGE) if "`tests/" in row["tests"]]


def test_there_are_rows_and_each_says_version_and_source():
    assert len(ROWS) >= 10
    assert [row["behaviour"] for row in ROWS if not re.search(r"\d", row["version"]) or not row["source"].strip()] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["behaviour"][:40])
def test_every_row_names_a_test_that_exists(row):
    named = TEST.findall(row["tests"])
    assert named
    for file, test in named:
        assert re.search(rf"^def {test}\(", (ROOT / file).read_text(), re.MULTILINE), f"{file}::{test}"


def test_every_line_of_a_table_is_a_row_that_names_its_test():
    lines = [
        line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith(("| behaviour", "|--"))
    ]
    assert len(lines) == len(ROWS)
