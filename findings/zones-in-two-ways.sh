#!/usr/bin/env bash
# tzdata 2026.6 and Debian's zone files beside it: one platform, two answers. Python's zoneinfo prefers the system's data
# of any age to those of the installed package, unless PYTHONTZPATH is empty. Seen with tzdata 2026.6 alone:
#   America/Vancouver -7.0
#   America/Winnipeg -5.0
#   Africa/Casablanca 0.0
# (2025b of the system: -8.0, -6.0, 1.0). Exits with 1 where the package's answer is another one by now.
set -euo pipefail
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check tzdata==2026.6
ask='
from datetime import datetime, timezone
from zoneinfo import ZoneInfo
for name in ("America/Vancouver", "America/Winnipeg", "Africa/Casablanca"):
    at = datetime(2026, 12, 15, 12, tzinfo=timezone.utc).astimezone(ZoneInfo(name))
    print(name, at.utcoffset().total_seconds() / 3600)'
echo "the system's data where there are some:"; "$place/venv/bin/python" -c "$ask" || true
seen=$(PYTHONTZPATH= "$place/venv/bin/python" -c "$ask")
echo "the package's:"; echo "$seen"
wanted=$'America/Vancouver -7.0\nAmerica/Winnipeg -5.0\nAfrica/Casablanca 0.0'
[ "$seen" = "$wanted" ] || { echo "this is not what was seen of 2026.6" >&2; exit 1; }
