"""Section 9 of spec/billing-types.md: tax per rate and document, lines by running difference."""

import random
from decimal import Decimal
from fractions import Fraction

import pytest

from billing.engine.taxes import TaxRate, part_of, taxed
from core.money import round_half_up

VAT, INCLUDED, OTHER = TaxRate(Decimal(20)), TaxRate(Decimal(20), inclusive=True), TaxRate(Decimal(10))


def lines(*amounts: str, rate: TaxRate = VAT):
    return [(Decimal(amount), [rate]) for amount in amounts]


@pytest.mark.parametrize(
    ("given", "tax", "total", "shown"),
    [
        pytest.param(lines(*["0.33"] * 3), "0.20", "1.19", ["0.07", "0.06", "0.07"], id="20 % exclusive"),
        pytest.param(
            lines(*["10.00"] * 3, rate=INCLUDED), "5.00", "30.00", ["1.67", "1.66", "1.67"], id="20 % inclusive"
        ),
        pytest.param(
            [*lines(*["0.33"] * 3), *lines("0.25", "0.25", rate=OTHER)],
            "0.25", "1.74", ["0.07", "0.06", "0.07", "0.03", "0.02"], id="20 % and 10 % exclusive",
        ),
    ],
)  # fmt: skip
def test_table_of_section_9(given, tax, total, shown):
    document = taxed(given, "USD")
    assert (str(document.tax), str(document.total)) == (tax, total)
    assert [str(line.tax) for line in document.lines] == shown


def test_an_inclusive_tax_is_part_of_the_amount_and_nothing_is_added():
    document = taxed(lines(*["10.00"] * 3, rate=INCLUDED), "USD")
    assert (str(document.net), str(document.total), document.added) == ("25.00", "30.00", 0)


def test_an_exclusive_tax_is_added_and_no_part_of_the_net():
    document = taxed([*lines(*["0.33"] * 3), *lines("0.25", "0.25", rate=OTHER)], "USD")
    assert (str(document.net), str(document.added)) == ("1.49", "0.25")
    assert [(rate.percent, str(tax)) for rate, tax in document.by_rate] == [(20, "0.20"), (10, "0.05")]


def test_a_credit_note_repeats_the_tax_with_the_opposite_sign():
    document = taxed(lines(*["0.33"] * 3), "USD")
    note = -document
    assert [line.tax for line in note.lines] == [-line.tax for line in document.lines]
    assert (str(note.net), str(note.tax), str(note.total)) == ("-0.99", "-0.20", "-1.19")


def test_parts_of_a_line_bear_its_tax_together():
    """Given back in three parts, 3.87 on 19.35 are 0.20, 1.80 and 1.87."""
    (line,) = taxed(lines("19.35"), "USD").lines
    whole, before, shown = Decimal("19.35"), Decimal(0), []
    for amount in (Decimal("1.00"), Decimal("9.00"), Decimal("9.35")):
        shown.append(str(part_of(line, whole, before, amount, "USD").tax))
        before += amount
    assert shown == ["0.20", "1.80", "1.87"]
    assert part_of(line, whole, Decimal(0), whole, "USD") == line
    (inclusive,) = taxed(lines("10.00", rate=INCLUDED), "USD").lines
    part = part_of(inclusive, Decimal(10), Decimal(0), Decimal(5), "USD")
    assert (str(part.net), str(part.total), part.added) == ("4.16", "5.00", 0)


def test_what_bears_no_tax_shows_none():
    document = taxed([(Decimal("5.00"), []), *lines("5.00")], "USD")
    assert [str(line.total) for line in document.lines] == ["5.00", "6.00"]
    assert taxed([], "USD").total == 0


def test_any_document_adds_up_in_its_currency():
    rolls = random.Random(9)
    for _ in range(500):
        currency = rolls.choice(["USD", "JPY", "KWD"])
        rate = TaxRate(Decimal(rolls.randint(0, 400_000)) / 10_000, rolls.random() < 0.5)
        amounts = [round_half_up(Fraction(rolls.randint(-2000, 50_000), 997), currency) for _ in range(12)]
        document = taxed([(amount, [rate]) for amount in amounts], currency)
        percent, total = Fraction(rate.percent), Fraction(sum(amounts))
        part = percent / (100 + percent) if rate.inclusive else percent / 100
        assert document.tax == round_half_up(total * part, currency)
        assert document.total == sum(amounts) + (0 if rate.inclusive else document.tax)


def test_an_exclusive_tax_is_on_what_is_left_without_an_inclusive_one():
    (line,) = taxed([(Decimal("120.00"), [OTHER, INCLUDED])], "USD").lines
    assert [(rate.percent, str(tax)) for rate, tax in line.taxes] == [(20, "20.00"), (10, "10.00")]
    assert (str(line.net), str(line.added), str(line.total)) == ("100.00", "10.00", "130.00")


def test_each_tax_is_told_with_what_it_is_on():
    document = taxed([*lines("10.00", "20.00"), *lines("5.00", rate=OTHER)], "USD")
    assert {rate.percent: (str(on), str(tax)) for rate, (on, tax) in document.explained.items()} == {
        20: ("30.00", "6.00"), 10: ("5.00", "0.50"),
    }  # fmt: skip
