"""docs/glossary.md is kept: no text of either language, and no text of the API, uses a word that it rules out."""

import re
from dataclasses import dataclass
from functools import cache

import pytest
from babel.messages.pofile import read_po

from brokerage.catalogues import ROOT, texts_of

ROW = re.compile(r"^\| (?!English|---)(.+?) \| (.+?) \| (.*?) \| (.*?) \|", re.MULTILINE)
# Addresses and names stand in texts as they are: %(email)s, an attribute of the API in code quotes, a link.
AS_THEY_ARE = re.compile(r"%\(\w+\)[sd]|`[^`]*`|https?://\S+|\{\w+\}|<[^>]+>")


@dataclass(frozen=True)
class Term:
    """A row: the right terms, and the words that are not used instead."""

    english: str
    russian: str
    never: tuple[str, ...]
    never_russian: tuple[str, ...]


def _words(cell: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in cell.split(",") if word.strip())


TERMS = [
    Term(english, russian, _words(never), _words(never_russian))
    for english, russian, never, never_russian in ROW.findall((ROOT / "docs" / "glossary.md").read_text("utf-8"))
]


def said_wrongly(text: str, term: Term, *, russian: bool) -> list[str]:
    """Return the words of a text that the term rules out, whole words whatever their case; Russian ones may be bent."""
    plain = AS_THEY_ARE.sub(" ", text)
    never = term.never_russian if russian else term.never
    return [word for word in never if _any_of((word,), russian).search(plain)]


@cache
def _any_of(words: tuple[str, ...], russian: bool) -> re.Pattern[str]:
    either, ends = "|".join(re.escape(word) for word in words), r"\w*" if russian else r"s?\b"
    return re.compile(rf"(?<![\w-])(?:{either}){ends}", re.IGNORECASE)


def _faults(texts: list[str], *, russian: bool) -> list[str]:
    ruled_out = tuple(word for term in TERMS for word in (term.never_russian if russian else term.never))
    return [
        f"{text[:90]!r}: not {word!r} but {term.russian if russian else term.english!r}"
        for text in texts
        if _any_of(ruled_out, russian).search(AS_THEY_ARE.sub(" ", text))
        for term in TERMS
        for word in said_wrongly(text, term, russian=russian)
    ]


def test_the_table_is_read() -> None:
    assert len(TERMS) > 40
    assert all(term.english and term.russian and (term.never or term.never_russian) for term in TERMS)


@pytest.mark.parametrize(
    ("text", "russian", "wrong"),
    [("Enter your Email", False, ["email"]), ("%(email)s is invited", False, []), ("E-mail (login)", False, []),
     ("Выберите аккаунта", True, ["аккаунт"]), ("Второй фактор", True, ["второй фактор"])],
)  # fmt: skip
def test_the_rule_finds_what_it_is_for(text: str, russian: bool, wrong: list[str]) -> None:
    assert [word for term in TERMS for word in said_wrongly(text, term, russian=russian)] == wrong


def test_english_texts_use_the_terms() -> None:
    texts = [str(text) for message in texts_of(ROOT) for text in _both(message.id)]
    assert _faults(texts, russian=False) == []


def test_russian_texts_use_the_terms() -> None:
    catalogue = read_po((ROOT / "locale" / "ru" / "LC_MESSAGES" / "django.po").open("rb"), locale="ru")
    texts = [str(text) for message in catalogue if message.id for text in _both(message.string)]
    assert _faults(texts, russian=True) == []


def test_the_apis_texts_use_the_terms() -> None:
    """Its guide, and what the schema says of itself; attributes keep their documented names."""
    schema = re.findall(r'(?:description|title|summary)=_?\(?\s*"([^"]+)"', _sources("api"))
    guide = re.sub(r"```.*?```", " ", (ROOT / "docs" / "api.md").read_text("utf-8"), flags=re.DOTALL)
    assert _faults([*schema, *guide.splitlines()], russian=False) == []


def _sources(package: str) -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted((ROOT / package).rglob("*.py")))


def _both(text: object) -> tuple[object, ...]:
    return text if isinstance(text, tuple) else (text,)
