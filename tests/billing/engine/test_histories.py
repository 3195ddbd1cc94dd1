"""Random histories: whatever people do in whatever order, no day is charged twice or free, and no cent is lost."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import event, given, settings
from hypothesis import strategies as st

from billing.engine.lines import LineStatus
from core.money import round_half_up
from tests.billing.engine.book import Book

PRICES = st.sampled_from(["10.00", "3.33", "0", "0.005", "0.006", "129.99"])
UNITS = st.integers(0, 9)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["change", "change", "later", "pay", "stop", "activate", "price"]),
        st.integers(0, 20),
        UNITS,
        UNITS,
        PRICES,
    ),
    max_size=12,
)
STARTS = st.one_of(
    st.dates(date(2019, 1, 25), date(2019, 3, 3)),
    st.dates(date(2020, 1, 25), date(2020, 3, 3)),
    st.dates(date(2023, 11, 1), date(2024, 3, 31)),
)


def carry_out(book: Book, step: tuple, day: date) -> None:
    """Carry the step out where the subscription's status allows it; a change waiting for payment goes first."""
    act, _, seats, disks, price = step
    waiting = bool(book.having("new"))
    if act == "price":
        book.price(day, "seats", price)
    elif act == "stop" and book.status == "active" and not waiting:
        book.stop(day)
    elif act == "activate" and book.status == "stopped" and day < (book.terms.expires_on or date.max):
        book.activate(day)
    elif act == "pay" and book.status == "active" and waiting:
        book.pay(day)
    elif act in ("change", "later") and book.status == "active" and not waiting:
        book.change(day, pay="balance" if act == "change" else "later", seats=seats, disks=disks)


def units_charged(book: Book, day: date) -> Counter:
    """Return the units of each resource that lines which reserve or have cost money hold on the day."""
    charged: Counter = Counter()
    for line in book.having("blocked", "closed"):
        if line.period.contains(day):
            charged[line.resource] += line.quantity
    return charged


@settings(max_examples=1000, deadline=None, derandomize=True)
@given(
    start=STARTS,
    billing_day=st.integers(1, 31),
    months=st.sampled_from([None, None, 1, 3]),
    fixed=st.booleans(),
    price=PRICES,
    seats=st.integers(1, 9),
    disks=UNITS,
    steps=STEPS,
)
def test_every_active_unit_is_charged_once_for_every_day(
    *, start, billing_day, months, fixed, price, seats, disks, steps
):
    book = Book({"seats": price, "disks": "4.10"}, billing_day=billing_day, months=months, fixed=fixed)
    book.top_up(start, "100000").order(start, pay="balance", seats=seats, disks=disks)
    day, active = start, {}
    for step in [*steps, ("end", 40, 0, 0, "0")]:
        for _ in range(step[1]):
            active[day] = Counter(book.units if book.status == "active" else {})
            day += timedelta(days=1)
            book.to(day)
        carry_out(book, step, day)
    event(f"steps {len(steps)}")
    assert {day: units_charged(book, day) for day in active} == active
    assert book.balance == 100000 - sum((line.amount for line in book.having("closed")), Decimal(0))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    start=STARTS,
    billing_day=st.integers(1, 31),
    months=st.integers(1, 24),
    price=PRICES,
    seats=st.integers(1, 10**6),
)
def test_full_periods_cost_price_times_quantity_and_expiry_is_never_passed(*, start, billing_day, months, price, seats):
    book = Book({"seats": price}, billing_day=billing_day, months=months).order(start, seats=seats)
    full = [line for line in book.rows.values() if line.period == line.billing_period]
    assert {line.amount for line in full} <= {round_half_up(Decimal(price) * seats, "USD")}
    assert len(book.rows) in (months, months + 1)
    assert max(line.period.end for line in book.rows.values()) == book.terms.expires_on
    assert [line.status for line in book.rows.values()] == [
        LineStatus.BLOCKED,
        *[LineStatus.OPENED] * (len(book.rows) - 1),
    ]
