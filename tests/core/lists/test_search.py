"""The words of a search, and what typing errors are mended."""

import random
from importlib import import_module

import pytest
from django.db import connection

from core.lists.search import MOST_BEGINNINGS, OSA, Vocabulary, query_of, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Office 365", ["office", "365"]),
        ("  «Доктор Лён», ", ["доктор", "лен"]),
        ("vega@acme.example", ["vega@acme.example"]),
        ("a a a", ["a"]),
        ("… - !", []),
        ("1 2 3 4 5 6 7 8 9 10", ["1", "2", "3", "4", "5", "6", "7", "8"]),
        ("nul\0byte", ["nul", "byte"]),
    ],
)
def test_words_of_a_search_are_small_and_bare(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["Office 365", "«Доктор Лён»", "Vega & Sons", "ESET NOD32", "K-2 (demo)"])
def test_every_word_of_a_search_is_a_word_of_the_document(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT list_words(%s)", [text])
        document = cursor.fetchone()[0]
    assert set(words_of(text)) <= set(document)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("c1.onmicrosoft.com", {"c1.onmicrosoft.com", "c1", "onmicrosoft", "com"}),
        ("7D3C1A90-0000-4111-8222-333344445555", {"7d3c1a90-0000-4111-8222-333344445555"}),
        ("", set()),
    ],
)
def test_document_has_domains_whole_and_in_parts_and_ids_whole(text: str, words: set[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT list_words(%s)", [text])
        assert set(cursor.fetchone()[0]) == words


@pytest.mark.django_db
def test_document_has_the_words_that_it_had_before_they_were_found_in_fewer_steps() -> None:
    before = import_module("core.lists.migrations.0002_words").LIST_WORDS
    draw = random.Random(17)
    pieces = [
        *("Office365", "Лёд", "7d3c1a90-0000-4111-8222-333344445555", "(7D3C1A90-0000-", "x" * 61, "ж" * 59 + "12"),
        *("c1.onmicrosoft.com", "«»", "–", "...", "ab1cd", "abcd²", "abcd٣", "d'été", "İstanbul", "日本語", "\\", "_"),
        *(" ", "  ", "\t", "\n", "\u00a0", "\u2003", "-", ":", "", "a" * 70),
    ]  # fmt: skip
    texts = ["".join(draw.choice(pieces) for _ in range(draw.randrange(12))) for _ in range(1000)]
    with connection.cursor() as cursor:
        cursor.execute(before.split("-- Words that people", 1)[0].replace("list_words", "words_before"))
        cursor.execute("SELECT text FROM unnest(%s) AS text WHERE list_words(text) <> words_before(text)", [texts])
        assert cursor.fetchall() == []
        cursor.execute("SELECT list_words(NULL)")
        assert cursor.fetchone() == ([],)


@pytest.mark.parametrize(
    ("one", "other", "errors"),
    [("office", "office", 0), ("ofice", "office", 1), ("offcie", "office", 1), ("оффис", "офис", 1), ("abc", "xyz", 3)],
)
def test_errors_are_letters_missed_added_mistaken_or_swapped(one: str, other: str, errors: int) -> None:
    assert OSA.distance(one, other) == errors


@pytest.mark.django_db
def test_letters_that_a_word_begins_with_are_a_word_too() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT list_words('Office365 c17')")
        assert set(cursor.fetchone()[0]) == {"office365", "office", "c17"}


def test_word_that_few_known_words_begin_with_is_spelled_out() -> None:
    known = Vocabulary({"offi": ["office", "officer"]}, {})
    assert query_of(["offi", "365"], known) == "('office' | 'officer') & '365':*"


def test_word_that_too_many_known_words_begin_with_stays_a_beginning() -> None:
    known = Vocabulary({"serv": [f"serv{n}" for n in range(MOST_BEGINNINGS + 1)]}, {})
    assert query_of(["serv"], known) == "'serv':*"


@pytest.mark.parametrize(
    ("word", "query"),
    [
        ("4", "'4'"),
        ("41", "'41'"),
        ("412", "'412':*"),
        ("a", "'a'"),
        ("ab", "'ab':*"),
        ("o'neil", "('o''neil':* | ('o' & 'neil'))"),
    ],
)
def test_beginnings_too_short_to_help_are_whole_words(word: str, query: str) -> None:
    assert query_of([word]) == query
