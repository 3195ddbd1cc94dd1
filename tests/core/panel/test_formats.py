"""How values read, in English and in Russian."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from billing.models import ChargeStatus
from core.panel import formats
from subscriptions.models import SubscriptionStatus

NBSP = "\xa0"


@pytest.mark.parametrize(
    ("amount", "currency", "language", "said"),
    [
        ("1902.4", "USD", "en", "$1,902.40"),
        ("-19.35", "USD", "en", "-$19.35"),
        ("1902.4", "JPY", "en", "¥1,902"),
        ("1.2345", "KWD", "en", f"KWD{NBSP}1.235"),
        ("-1902.4", "RUB", "en", f"-RUB{NBSP}1,902.40"),
        ("0.005", "USD", "en", "$0.01"),
        ("1902.4", "USD", "ru", f"1{NBSP}902,40{NBSP}$"),
    ],
)
def test_money_has_the_decimals_of_its_currency(amount: str, currency: str, language: str, said: str) -> None:
    with translation.override(language):
        assert formats.money_text(Decimal(amount), currency) == said


def test_amount_leaves_the_currency_to_its_neighbour() -> None:
    assert formats.amount_text(Decimal("1902.4"), "USD") == "1,902.40"
    assert formats.amount_text(1902, "JPY") == "1,902"


@pytest.mark.parametrize(
    ("price", "said"), [("10", "10.00"), ("10.5", "10.50"), ("0.00012", "0.00012"), ("12.3400", "12.34")]
)
def test_unit_price_loses_no_digit(price: str, said: str) -> None:
    assert formats.unit_price_text(Decimal(price), "USD") == said


@pytest.mark.parametrize(
    ("price", "currency", "language", "said"),
    [
        ("12.5", "USD", "en", "$12.50"),
        ("0.00012", "USD", "en", "$0.00012"),
        ("950", "RUB", "en", f"RUB{NBSP}950.00"),
        ("0.0125", "USD", "ru", f"0,0125{NBSP}$"),
    ],
)
def test_a_price_with_its_currency_loses_no_digit(price: str, currency: str, language: str, said: str) -> None:
    with translation.override(language):
        assert formats.unit_money_text(Decimal(price), currency) == said


def test_numbers_are_grouped_as_the_reader_does() -> None:
    assert formats.number_text(1234567) == "1,234,567"
    with translation.override("ru"):
        assert formats.number_text(1234567) == f"1{NBSP}234{NBSP}567"


def test_days_are_written_with_the_months_name() -> None:
    assert formats.day_text(date(2026, 12, 1)) == "01 Dec 2026"
    with translation.override("ru"):
        assert formats.day_text(date(2026, 12, 1)) == "01 дек. 2026"


@pytest.mark.parametrize(
    ("length", "english", "russian"),
    [
        ("P1M", "1 month", "1 месяц"),
        ("P3Y", "3 years", "3 года"),
        ("P18M", "18 months", "18 месяцев"),
        ("none", "none", "none"),
    ],
)
def test_lengths_are_said_in_months_and_years(length: str, english: str, russian: str) -> None:
    assert formats.length_text(length) == english
    with translation.override("ru"):
        assert formats.length_text(length) == russian


def test_moments_are_those_of_the_current_time_zone() -> None:
    late = datetime(2026, 11, 30, 23, 5, tzinfo=UTC)
    assert (formats.day_text(late), formats.moment_text(late)) == ("30 Nov 2026", "30 Nov 2026, 23:05")
    with timezone.override("Europe/Minsk"):
        assert (formats.day_text(late), formats.moment_text(late)) == ("01 Dec 2026", "01 Dec 2026, 02:05")


def test_nothing_is_a_dash() -> None:
    assert (formats.day_text(None), formats.moment_text(None)) == ("—", "—")


def test_status_is_a_dot_and_plain_words() -> None:
    assert (
        formats.status_html("stopped", "Stopped", "funds short")
        == '<span class="state state-red">stopped: funds short</span>'
    )


def test_status_is_escaped() -> None:
    assert formats.status_html("new", "<b>", "&") == '<span class="state state-orange">&lt;b&gt;: &amp;</span>'


@pytest.mark.parametrize(
    ("value", "tone"),
    [
        ("active", "green"),
        ("credit_hold", "red"),
        ("installation_failed", "red"),
        ("installing", "blue"),
        ("waiting_for_payment", "orange"),
        ("deleted", "secondary"),
        ("of_another_planet", "secondary"),
    ],
)
def test_tone_follows_what_a_status_means(value: str, tone: str) -> None:
    assert formats.tone_of(value) == tone


@pytest.mark.parametrize("statuses", [SubscriptionStatus, ChargeStatus])
def test_no_status_but_an_ended_one_is_quiet(statuses: type) -> None:
    quiet = {value for value in statuses.values if formats.tone_of(value) == formats.QUIET}
    assert quiet <= {"deleted", "cancelled"}


def test_locale_is_named_as_babel_does() -> None:
    for language, locale in (("en", "en_US"), ("ru", "ru"), ("pt-br", "pt_br")):
        with translation.override(language):
            assert formats.locale_code() == locale
    with translation.override(None):
        assert formats.locale_code() == "en_US"


def test_a_period_ends_for_people_on_its_last_day() -> None:
    assert formats.last_day(date(2026, 12, 1)) == date(2026, 11, 30)
    assert formats.last_day(None) is None


def test_a_price_loses_the_zeros_of_its_column_and_keeps_its_own_digits() -> None:
    amounts = [("12.500000", "USD"), ("0.000125", "USD"), ("7.000", "JPY"), ("7.000", "KWD"), ("0", "RUB")]
    said = [str(formats.plainly(Decimal(amount), currency)) for amount, currency in amounts]
    assert said == ["12.50", "0.000125", "7", "7.000", "0.00"]
    assert formats.plainly(None, "USD") is None
