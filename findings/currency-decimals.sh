#!/usr/bin/env bash
# Babel 2.18.0: get_currency_precision follows CLDR, which is made for showing prices, not ISO 4217, which says what a
# currency's smallest unit is (IQD 3, RSD 2). A charge of 10.55 RSD rounded by it becomes 11 RSD. Seen: IQD 0, RSD 0.
# Exits with 1 where the output is another one by now.
set -euo pipefail
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check babel==2.18.0
seen=$("$place/venv/bin/python" -c '
from babel.numbers import get_currency_precision
for code in ("IQD", "RSD"):
    print(code, get_currency_precision(code))')
echo "$seen"
[ "$seen" = $'IQD 0\nRSD 0' ] || { echo "this is not what was seen of 2.18.0" >&2; exit 1; }
