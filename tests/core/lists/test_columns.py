"""The cells of a list: what a file gets, and what the panel shows."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.urls import set_script_prefix
from django.utils import translation

from core.lists import columns
from core.lists.columns import Cell, Column, to
from subscriptions.models import Subscription


def row(**fields: object) -> SimpleNamespace:
    return SimpleNamespace(**fields)


def both(cell: Cell, of: object) -> tuple[object, str]:
    return cell.value(of), str(cell.html(of))


NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "value", "held", "shown"),
    [
        (columns.text("x"), "A & B", "A & B", "A &amp; B"),
        (columns.text("x"), "", "", "—"),
        (columns.text("x"), None, None, "—"),
        (columns.number("x"), 12345, 12345, "12,345"),
        (columns.number("x"), 0, 0, "0"),
        (columns.number("x"), None, None, "—"),
        (columns.money("x"), Decimal("1902.4"), Decimal("1902.4"), "$1,902.40"),
        (columns.money("x"), None, None, "—"),
        (columns.day("x"), date(2026, 12, 1), date(2026, 12, 1), "01 Dec 2026"),
        (columns.day("x"), None, None, "—"),
        (columns.moment("x"), NOON, NOON, "01 Dec 2026, 12:00"),
        (columns.yes_no("x"), True, "yes", "yes"),
        (columns.yes_no("x"), False, "no", "—"),
        (columns.computed(lambda one: one.x), "<b>", "<b>", "&lt;b&gt;"),
        (columns.computed(lambda one: one.x), None, None, "—"),
    ],
)
def test_a_cell_holds_the_value_and_shows_its_words(cell: Cell, value: object, held: object, shown: str) -> None:
    assert both(cell, row(x=value, currency="USD")) == (held, shown)


def test_dots_lead_through_related_rows_and_stop_at_nothing() -> None:
    cell = columns.text("account.owner.name")
    assert both(cell, row(account=row(owner=row(name="Ann")))) == ("Ann", "Ann")
    assert both(cell, row(account=row(owner=None))) == (None, "—")


def test_a_related_row_is_its_name_in_a_file() -> None:
    subscription = Subscription(name="Seats")
    assert both(columns.text("of"), row(of=subscription)) == (str(subscription), str(subscription))


def test_choices_are_said_in_words_of_the_language() -> None:
    stopped = Subscription(status="stopped", stop_reason="manual")
    cell = columns.status("status", "stop_reason")
    words = f"{stopped.get_status_display()}: {stopped.get_stop_reason_display()}"
    assert cell.value(stopped) == words
    assert cell.html(stopped) == f'<span class="state state-red">{words[:1].lower()}{words[1:]}</span>'
    assert both(columns.choice("status"), stopped) == ("Stopped", "Stopped")
    with translation.override("ru"):
        assert columns.choice("status").value(stopped) == stopped.get_status_display() != "Stopped"


def test_a_status_without_a_reason_is_the_status_alone() -> None:
    active = Subscription(status="active", stop_reason="")
    assert columns.status("status", "stop_reason").value(active) == "Active"


def test_an_unknown_choice_is_said_as_it_stands() -> None:
    assert columns.choice("status").value(Subscription(status="asleep")) == "asleep"


def test_a_column_is_the_text_of_its_field_and_may_lead_somewhere() -> None:
    name = Column("name", "Name", link=to("operator:subscription"))
    assert name.html(row(pk=7, name="Seats")) == '<td><a href="/operator/subscriptions/7/">Seats</a></td>'
    assert name.html(row(pk=7, name="")) == "<td>—</td>"


def test_a_column_leads_nowhere_without_a_key() -> None:
    manager = Column("name", "Name", link=to("operator:manager", "manager_id"))
    assert manager.html(row(manager_id=None, name="Sam")) == "<td>Sam</td>"


def test_numbers_stand_at_the_end() -> None:
    assert Column("count", "Count", columns.number("count")).html(row(count=7)) == '<td class="end">7</td>'


def test_addresses_follow_where_the_program_is_mounted() -> None:
    url = to("operator:subscription")
    set_script_prefix("/shop/")
    try:
        below = url(row(pk=7))
    finally:
        set_script_prefix("/")
    assert (below, url(row(pk=7))) == ("/shop/operator/subscriptions/7/", "/operator/subscriptions/7/")


def test_a_long_text_takes_what_room_is_left_and_a_number_or_status_keeps_its_own() -> None:
    long = "ООО «Волжские перевозки»"
    name = Column("name", "Name", link=to("operator:subscription"))
    linked = f'<a href="/operator/subscriptions/7/">{long}</a>'
    assert name.html(row(pk=7, name=long)) == f'<td><span class="fit">{linked}</span></td>'
    assert Column("name", "Name").html(row(name=long)) == f'<td><span class="fit"><span>{long}</span></span></td>'
    money = Column("total", "Total", columns.money("total"))
    assert money.html(row(total=Decimal("12345678901.5"), currency="RUB")).startswith('<td class="end">RUB')
    status = Column("status", "Status", columns.status("status"))
    assert "fit" not in status.html(Subscription(status="installation_failed"))
