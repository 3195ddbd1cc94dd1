"""Full-text search of lists: by words and their beginnings, with typing errors mended where a word is not known."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models
from django.db.models import Q, QuerySet

# More words narrow nothing down and cost time.
MOST_WORDS = 8
SOME = 500
SHORTEST_BEGINNING, SHORTEST_NUMBER = 2, 3
SHORTEST_MENDED, TWO_ERRORS_FROM = 4, 8
_EDGES = ".,;:!?\"'`«»„“”‘’()[]{}<>/\\|*&@#%+=~^-_–—…"  # noqa: RUF001 (quotation marks as people type them)


@dataclass(frozen=True)
class Found:
    """Rows that match, and the words that were searched for instead of mistyped ones."""

    rows: QuerySet
    mended: dict[str, str] = field(default_factory=dict)


def words_of(text: str) -> list[str]:
    """Return the words of a search, in lower case and with ё as е, as list_words() does in the database."""
    pieces = (piece.strip(_EDGES)[:60] for piece in text.lower().replace("ё", "е").replace("\0", " ").split())
    return list(dict.fromkeys(piece for piece in pieces if piece))[:MOST_WORDS]


class MatchesWords(models.Lookup):
    """`vector__words=["acme", "ofi"]`: every word is found in the document, at least as the beginning of a word."""

    lookup_name = "words"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: list[str], connection: object) -> tuple[str, list[str]]:
        """Return the tsquery; each word is quoted, so nothing that is typed is an operator."""
        return "%s::tsquery", [" & ".join(_as_query(word) for word in value)]

    def as_sql(self, compiler: object, connection: object) -> tuple[str, list[object]]:
        """Return `vector @@ query`."""
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} @@ {right}", [*left_params, *right_params]


SearchVectorField.register_lookup(MatchesWords)


def _as_query(word: str) -> str:
    parts = [part for part in re.split(r"[\W_]+", word) if part]
    whole = _quoted(word)
    if parts in ([word], []):
        return whole
    return f"({whole} | ({' & '.join(map(_quoted, parts))}))"


def _quoted(word: str) -> str:
    # The beginning of very many words (the ids that begin with 4) is no help, and slow: so short a word is a whole one.
    whole = len(word) < SHORTEST_NUMBER if word.isdecimal() else len(word) < SHORTEST_BEGINNING
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + ("'" if whole else "':*")


@dataclass(frozen=True)
class WordSearch:
    """Search in a column of words kept by triggers; `vocabulary` is the model of the words that are known."""

    vector: str
    vocabulary: type[models.Model]

    def find(self, rows: QuerySet, text: str, _actor: object) -> Found:
        """Return the rows that have every word of `text`. Asks the vocabulary once, whatever the number of words."""
        words = words_of(text)
        if not words:
            return Found(rows)
        mended = _mended(words, self.vocabulary)
        return Found(rows.filter(**{f"{self.vector}__words": [mended.get(word, word) for word in words]}), mended)


@dataclass(frozen=True)
class FieldSearch:
    """Search of small lists without a column of words: every word somewhere in one of the fields, or the exact id."""

    fields: tuple[str, ...]

    def find(self, rows: QuerySet, text: str, _actor: object) -> Found:
        """Return the rows that have every word of `text` in one of the fields."""
        condition = Q()
        for word in text.split()[:MOST_WORDS]:
            hit = Q()
            for name in self.fields:
                hit |= Q(**{f"{name}__icontains": word.replace("\0", "")})
            if word.isdecimal() and len(word) < 19:
                hit |= Q(pk=int(word))
            condition &= hit
        return Found(rows.filter(condition))


@dataclass(frozen=True)
class RelatedSearch:
    """Search of a long list by the object that its rows belong to: an order by its subscription's words.

    `objects` is an `…_visible_to` function; the objects are found first, by the search of their own, so that no join
    is searched. A number, also as a document's ("SO000329"), is the row's own id.
    """

    path: str
    objects: Callable[[Any], QuerySet]
    search: WordSearch | FieldSearch
    document: str = ""

    def find(self, rows: QuerySet, text: str, actor: object) -> Found:
        """Return the rows with that id, or of the objects that have every word of `text`."""
        number = text.strip().upper().removeprefix(self.document)
        own = Q(pk=int(number)) if number.isascii() and number.isdecimal() and len(number) < 19 else Q(pk=None)
        found = self.search.find(self.objects(actor), text, actor)
        some = list(found.rows.order_by().values_list("pk", flat=True)[: SOME + 1])
        # Many objects have many rows: then the list's own order finds a page soon, joined or not.
        theirs = some if len(some) <= SOME else found.rows.order_by().values("pk")
        return Found(rows.filter(own | Q(**{f"{self.path}__in": theirs})), found.mended)


def _mended(words: list[str], vocabulary: type[models.Model]) -> dict[str, str]:
    """Return the known word for each one that no document has, not even as a beginning: one statement."""
    plain = [word for word in words if SHORTEST_MENDED <= len(word) <= 30 and word.isalpha()]
    if not plain:
        return {}
    table = connection.ops.quote_name(vocabulary._meta.db_table)
    # The first branch of each word tells whether it is known; the second, which known words are near.
    branch = (
        f"(SELECT %s AS typed, NULL AS word FROM {table} WHERE word >= %s AND word < %s LIMIT 1)"  # noqa: S608 (a table's name)
        f" UNION ALL (SELECT DISTINCT %s, word FROM {table} WHERE variant = ANY(%s) LIMIT 50)"  # noqa: S608 (a table's name)
    )
    parameters: list[object] = []
    for word in plain:
        parameters += [word, word, word + "\U0010ffff", word, sorted(_spellings(word))]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([branch] * len(plain)), parameters)
        answers = cursor.fetchall()
    known = {typed for typed, word in answers if word is None}
    mended = {}
    for typed in plain:
        near = sorted((errors_between(typed, word), word) for asked, word in answers if asked == typed and word)
        if typed not in known and near and near[0][0] <= (2 if len(typed) >= TWO_ERRORS_FROM else 1):
            mended[typed] = near[0][1]
    return mended


def _spellings(word: str) -> set[str]:
    """Return the word, and the word without one letter; without two where it is long."""
    spellings = {word}
    for missing in (1, 2) if len(word) >= TWO_ERRORS_FROM else (1,):
        for places in combinations(range(len(word)), missing):
            spellings.add("".join(letter for place, letter in enumerate(word) if place not in places))
    return spellings


def errors_between(one: str, other: str) -> int:
    """Return how many letters were missed, added, mistaken or swapped with their neighbour between two words."""
    before: list[int] = []
    line = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        older, before, line = before, line, [row]
        for column, wanted in enumerate(other, 1):
            cost = min(before[column] + 1, line[column - 1] + 1, before[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                cost = min(cost, older[column - 2] + 1)
            line.append(cost)
    return line[-1]
