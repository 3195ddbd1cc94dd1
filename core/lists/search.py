"""Full-text search of lists: by words and their beginnings, with typing errors mended where a word is not known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models
from django.db.models import Q, QuerySet
from rapidfuzz.distance import OSA  # letters missed, added, mistaken, or swapped with their neighbour

from core.lists.folding import amounts_of, digits_of

# More words narrow nothing down and cost time.
MOST_WORDS = 8
SOME = 500
MOST_BEGINNINGS = 20
SHORTEST_BEGINNING, SHORTEST_NUMBER = 2, 3
SHORTEST_MENDED, TWO_ERRORS_FROM = 4, 8
_EDGES = ".,;:!?\"'`«»„“”‘’()[]{}<>/\\|*&@#%+=~^-_–—…"


@dataclass(frozen=True)
class Found:
    """Rows that match, and the words that were searched for instead of mistyped ones."""

    rows: QuerySet[Any]
    mended: dict[str, str] = field(default_factory=dict)


def words_of(text: str) -> list[str]:
    """Return the words of a search, in lower case and with ё as е, as list_words() does in the database."""
    pieces = (piece.strip(_EDGES)[:60] for piece in text.lower().replace("ё", "е").replace("\0", " ").split())
    return list(dict.fromkeys(piece for piece in pieces if piece))[:MOST_WORDS]


class MatchesQuery(models.Lookup):
    """`vector__query=…` (SearchVectorField): the document answers a tsquery."""

    lookup_name = "query"
    prepare_rhs = False
    template = "{left} @@ {right}::tsquery"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return the match."""
        left, left_params = self.process_lhs(compiler, connection)
        return self.template.format(left=left, right="%s"), (*left_params, self.rhs)


class ScannedForQuery(MatchesQuery):
    """The same match in the form that no index answers: for rows so few that they are best looked at one by one."""

    lookup_name = "scanned"
    template = "ts_match_vq({left}, {right}::tsquery)"


SearchVectorField.register_lookup(MatchesQuery)
SearchVectorField.register_lookup(ScannedForQuery)


def query_of(words: Iterable[str], vocabulary: Vocabulary | None = None) -> str:
    """Return the tsquery of words: each is found in the document, at least as the beginning of a word.

    Every word is quoted, so nothing that is typed is an operator. A beginning is spelled out where the vocabulary
    knows the few words that begin so: the index walks whole words many times faster.
    """
    return " & ".join(_as_query(word, vocabulary) for word in words)


def _as_query(word: str, vocabulary: Vocabulary | None) -> str:
    known = vocabulary.beginning_with(word) if vocabulary else None
    if known:
        return "(" + " | ".join(map(_whole, known)) + ")"
    parts = [part for part in re.split(r"[\W_]+", word) if part]
    if parts in ([word], []):
        return _beginning(word)
    return f"({_beginning(word)} | ({' & '.join(map(_whole, parts))}))"


def _whole(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _beginning(word: str) -> str:
    # The beginning of very many words (the ids that begin with 4) is no help, and slow: so short a word is a whole one.
    short = len(word) < SHORTEST_NUMBER if word.isdecimal() else len(word) < SHORTEST_BEGINNING
    return _whole(word) if short else _whole(word) + ":*"


@dataclass(frozen=True)
class Vocabulary:
    """What is known of the words of one search: the known words that begin like each, and the mended ones."""

    beginnings: dict[str, list[str]]
    mended: dict[str, str]

    def beginning_with(self, word: str) -> list[str] | None:
        """Return the known words that begin like this; None where they are too many, or words may be unknown."""
        found = self.beginnings.get(word, [])
        return found if 0 < len(found) <= MOST_BEGINNINGS else None


@dataclass(frozen=True)
class ByPhone:
    """Rows by the phone of an object they belong to: of orders, `path` is the account. Asked of phones only."""

    path: str
    objects: Callable[[Any], QuerySet[Any]]
    fields: tuple[str, ...]

    def condition(self, text: str, actor: object) -> Q:
        """Return the condition, which no row meets where the text is no phone."""
        found = _with_phone(text, self.fields)
        some = list(self.objects(actor).filter(found).order_by().values_list("pk", flat=True)[:SOME]) if found else []
        return Q(**{f"{self.path}__in": some}) if some else Q()


@dataclass(frozen=True)
class WordSearch:
    """Search in a column of words kept by triggers; `vocabulary` is the model of the words that are known."""

    vector: str
    vocabulary: type[models.Model]
    phones: ByPhone | None = None

    def find(self, rows: QuerySet[Any], text: str, actor: object, *, few: bool = False) -> Found:
        """Return the rows that have every word of `text`. Asks the vocabulary once, whatever the number of words.

        `few` says that there are so few rows that the index over all words would only be in the way.
        """
        words = words_of(text)
        if not words:
            return Found(rows)
        known = _vocabulary_of(words, self.vocabulary)
        query = query_of((known.mended.get(word, word) for word in words), known)
        has_words = Q(**{f"{self.vector}__{'scanned' if few else 'query'}": query})
        called = self.phones.condition(text, actor) if self.phones else Q()
        return Found(rows.filter(has_words | called if called else has_words), known.mended)


@dataclass(frozen=True)
class FieldSearch:
    """Search of small lists without a column of words: every word somewhere in one of the fields, or the exact id.

    What is typed as a phone or an amount is also found in the fields that hold such.
    """

    fields: tuple[str, ...]
    phones: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    document: str = ""

    def find(self, rows: QuerySet[Any], text: str, _actor: object, *, few: bool = False) -> Found:
        """Return the rows that have every word of `text` in one of the fields."""
        condition = Q()
        for word in text.split()[:MOST_WORDS]:
            hit = Q()
            for name in self.fields:
                hit |= Q(**{f"{name}__folded": word})
            condition &= hit | _own_id(word, self.document)
        if not condition:
            return Found(rows)
        return Found(rows.filter(condition | _with_phone(text, self.phones) | _of_amount(text, self.amounts)))


@dataclass(frozen=True)
class RelatedSearch:
    """Search of a long list by the object that its rows belong to: an order by its subscription's words.

    `objects` is an `…_visible_to` function; the objects are found first, by the search of their own, so that no join
    is searched. A number is the row's own id, or its number where the rows are documents ("SO000329"). `texts` are the
    row's own, which have an index of their words (`words_index`), `amounts` its amounts.
    """

    path: str
    objects: Callable[[Any], QuerySet[Any]]
    search: WordSearch | FieldSearch
    document: str = ""
    texts: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    phones: ByPhone | None = None

    def find(self, rows: QuerySet[Any], text: str, actor: object, *, few: bool = False) -> Found:
        """Return the rows with that id or amount, with the words, or of the objects that have every word of it."""
        own = _own_id(text, self.document) | _of_amount(text, self.amounts)
        if self.phones:
            own |= self.phones.condition(text, actor)
        found = self.search.find(self.objects(actor), text, actor)
        said = self._saying(rows, text)
        if said and found.mended:
            # A word that the rows themselves have was not mistyped.
            return Found(rows.filter(own | said))
        some = list(found.rows.order_by().values_list("pk", flat=True)[: SOME + 1])
        # Many objects have many rows: then the list's own order finds a page soon, joined or not.
        theirs = some if len(some) <= SOME else found.rows.order_by().values("pk")
        return Found(rows.filter(own | said | Q(**{f"{self.path}__in": theirs})), found.mended)

    def _saying(self, rows: QuerySet[Any], text: str) -> Q:
        """Return the condition on the rows' own texts; none where no row has the words. One statement a text."""
        query = query_of(words_of(text))
        condition = Q()
        for name in self.texts if query else ():
            has_words = Q(**{f"{name}__words": query})
            some = list(rows.filter(has_words).order_by().values_list("pk", flat=True)[: SOME + 1])
            if some:
                condition |= Q(pk__in=some) if len(some) <= SOME else has_words
        return condition


def _own_id(text: str, document: str) -> Q:
    """Return the condition "this id", or this number where the rows are documents ("SO000329")."""
    text = text.strip().upper()
    number = text.removeprefix(document)
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return Q(pk=None)
    if not document:
        return Q(pk=int(number))
    of_document = Q(serial=int(number))
    return of_document if number != text else of_document | Q(pk=int(number))


def _with_phone(text: str, fields: tuple[str, ...]) -> Q:
    digits = digits_of(text) if fields else ""
    condition = Q()
    for name in fields if digits else ():
        condition |= Q(**{f"{name}__digits": digits})
    return condition


def _of_amount(text: str, fields: tuple[str, ...]) -> Q:
    amounts = amounts_of(text) if fields else []
    condition = Q()
    for name in fields if amounts else ():
        condition |= Q(**{f"{name}__in": amounts})
    return condition


def _vocabulary_of(words: list[str], vocabulary: type[models.Model]) -> Vocabulary:
    """Return what is known of the words: one statement.

    Only words of letters are looked up: ids and domains are not misspelled but miscopied. A word that no document has,
    not even as a beginning, is mended by the nearest known one.
    """
    plain = [word for word in words if SHORTEST_MENDED <= len(word) <= 30 and word.isalpha()]
    if not plain:
        return Vocabulary({}, {})
    table = connection.ops.quote_name(vocabulary._meta.db_table)
    # Of each word: the known words that begin so, and the known words that are spelled nearly so.
    branch = f"""
        (SELECT DISTINCT %s, word, true FROM {table} WHERE word >= %s AND word < %s AND variant = word LIMIT %s)
        UNION ALL (SELECT DISTINCT %s, word, false FROM {table} WHERE variant = ANY(%s) LIMIT 50)
    """  # noqa: S608 (a table's name)
    parameters: list[Any] = []
    for word in plain:
        parameters += [word, word, word + "\U0010ffff", MOST_BEGINNINGS + 1, word, sorted(_spellings(word))]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([branch] * len(plain)), parameters)
        answers = cursor.fetchall()
    beginnings: dict[str, list[str]] = {}
    mended: dict[str, str] = {}
    for typed in plain:
        beginnings[typed] = sorted(word for asked, word, begins in answers if asked == typed and begins)
        near = sorted((OSA.distance(typed, word), word) for asked, word, begins in answers if asked == typed)
        if not beginnings[typed] and near and near[0][0] <= (2 if len(typed) >= TWO_ERRORS_FROM else 1):
            mended[typed] = near[0][1]
            beginnings[near[0][1]] = [near[0][1]]
    return Vocabulary(beginnings, mended)


def _spellings(word: str) -> set[str]:
    """Return the word, and the word without one letter; without two where it is long."""
    spellings = {word}
    for missing in (1, 2) if len(word) >= TWO_ERRORS_FROM else (1,):
        for places in combinations(range(len(word)), missing):
            spellings.add("".join(letter for place, letter in enumerate(word) if place not in places))
    return spellings
