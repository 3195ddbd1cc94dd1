"""manage.py simulate_billing: JSON in, JSON out, exit code 2 with one line for bad input."""

import io
import json
from pathlib import Path

import pytest
from django.core import management
from django.core.management import call_command
from django.db.migrations.recorder import MigrationRecorder

from subscriptions.simulation.playing import simulate
from tests.subscriptions.simulation.test_playing import G_I3

pytestmark = pytest.mark.django_db


def test_a_file_is_carried_out(tmp_path: Path) -> None:
    file = tmp_path / "history.json"
    file.write_text(json.dumps(G_I3))
    said = io.StringIO()
    call_command("simulate_billing", str(file), stdout=said)
    assert json.loads(said.getvalue())["available"] == simulate(G_I3)["available"] == "6.77"


def test_lines_in_lines_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{json.dumps(G_I3)}\n\n{json.dumps({**G_I3, 'events': []})}\n"))
    said = io.StringIO()
    call_command("simulate_billing", "-", lines=True, stdout=said)
    first, second = said.getvalue().splitlines()
    assert (json.loads(first)["balance"], json.loads(second)["balance"]) == ("11.29", "0.00")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "history: is not JSON"),
        (json.dumps({**G_I3, "billing_day": 0}), "billing_day: must be a whole number from 1 to 31"),
    ],
)
def test_bad_input_ends_with_two_and_one_line(monkeypatch: pytest.MonkeyPatch, text: str, sentence: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    said = io.StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("simulate_billing", "-", stderr=said)
    assert end.value.code == 2
    (line,) = said.getvalue().splitlines()
    assert line.startswith(sentence)


def test_a_bad_line_ends_with_its_number_after_the_results_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = json.dumps({**G_I3, "events": []}), json.dumps({**G_I3, "until": "soon"})
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{good}\n\n{bad}\n{good}\n"))
    said, complained = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("simulate_billing", "-", lines=True, stdout=said, stderr=complained)
    assert (end.value.code, len(said.getvalue().splitlines())) == (2, 1)
    assert complained.getvalue() == "line 3: until: must be a day such as 2018-08-20\n"


@pytest.mark.parametrize("content", [None, b"\xff"])
def test_a_file_that_cannot_be_read_ends_with_two(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "history.json"
    if content is not None:
        file.write_bytes(content)
    complained = io.StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("simulate_billing", str(file), stderr=complained)
    assert end.value.code == 2
    assert complained.getvalue().startswith("history: ")


def test_an_empty_database_is_set_up_first(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    monkeypatch.setattr(MigrationRecorder, "has_table", lambda _recorder: False)
    monkeypatch.setattr(management, "call_command", lambda name, **_how: called.append(name))
    test_lines_in_lines_out(monkeypatch)
    assert called == ["migrate"]
