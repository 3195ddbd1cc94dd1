#!/usr/bin/env bash
# rustpy-xlsxwriter 0.8.0, read back by openpyxl 3.1.5: in a column of the numbers 7.5, 1.5, a date and 5, the date's
# number format is given to every later number and to the cell before the date. Seen:
#   7.5
#   1900-01-01 12:00:00
#   2026-01-02 00:00:00
#   1900-01-05 00:00:00
# Exits with 1 where the output is another one by now.
set -euo pipefail
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check rustpy-xlsxwriter==0.8.0 openpyxl==3.1.5
seen=$("$place/venv/bin/python" - "$place/sheet.xlsx" <<'PYTHON'
import sys
from datetime import date

import openpyxl
from rustpy_xlsxwriter import FastExcel

file = FastExcel(sys.argv[1], output_format="xlsx")
file.sheet("rows", iter([{"a": 7.5}, {"a": 1.5}, {"a": date(2026, 1, 2)}, {"a": 5}]))
file.save()
for (cell,) in openpyxl.load_workbook(sys.argv[1]).active.iter_rows(min_row=2):
    print(cell.value)
PYTHON
)
wanted=$'7.5\n1900-01-01 12:00:00\n2026-01-02 00:00:00\n1900-01-05 00:00:00'
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "this is not what was seen of 0.8.0" >&2; exit 1; }
