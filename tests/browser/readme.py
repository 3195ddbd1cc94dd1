"""README's "What to click" as something that can be followed: its marked words, in their order, by person.

*Text* is pressed, *Label* `value` is filled in or chosen, **Text** is seen, and the word "confirm" presses the page's
main button. "As the operator:", "As North:" and "As the customer:" say who sits at the browser, by README's own table.
Nothing else is done, so that the test does what a reader does.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import trans_real

README = Path(__file__).parents[2] / "README.md"
MARKS = re.compile(r"\*\*(?P<seen>[^*]+)\*\*|\*(?P<name>[^*]+)\*(?: `(?P<value>[^`]+)`)?|\b(?P<confirm>confirm)\b")
PLACE = re.compile(r"%\(\w+\)s")
FEW_LETTERS = 6
WHO = re.compile(r"As (the operator|North|the customer)\b")


@dataclass(frozen=True)
class Deed:
    """One thing to do or to see: `kind` is press, fill, see or confirm."""

    who: str
    kind: str
    text: str = ""
    value: str = ""


def section() -> str:
    """Return the text of the section."""
    return README.read_text().partition("## What to click\n")[2].partition("\n## ")[0]


def people() -> dict[str, str]:
    """Return the e-mail with which each person of the steps signs in, as the table says."""
    rows = re.findall(r"^\| (?:a |the )?([\w ]+?)(?:,[^|]*| below it)? \| \S+ \| (\S+@\S+)", section(), re.MULTILINE)
    named = {"operator": "the operator", "reseller": "North", "customer": "the customer"}
    return {named[who]: email for who, email in rows}


def steps(replaced: dict[str, str] | None = None) -> list[tuple[str, list[Deed]]]:
    """Return the numbered steps, each with its deeds in order; `replaced` are names that a reader would choose."""
    text = section()
    for old, new in (replaced or {}).items():
        text = text.replace(old, new)
    found, who = [], ""
    for step in re.findall(r"^\d+\. (.*(?:\n   .*)*)", text, re.MULTILINE):
        speaker = WHO.search(step)
        who = speaker[1] if speaker else who
        found.append((" ".join(step.split()), list(_deeds(" ".join(step.split()), who))))
    return found


def _deeds(step: str, who: str) -> Iterator[Deed]:
    for mark in MARKS.finditer(step):
        if mark["seen"]:
            yield Deed(who, "see", mark["seen"])
        elif mark["confirm"]:
            yield Deed(who, "confirm")
        elif mark["value"]:
            yield Deed(who, "fill", mark["name"], mark["value"])
        else:
            yield Deed(who, "press", mark["name"])


@cache
def _patterns(language: str) -> list[tuple[re.Pattern[str], str]]:
    """Return the texts that have places for values, the most telling first."""
    known = [(key.rpartition("\x04")[2], told) for key, told in _catalogue(language).items() if "%(" in key]
    known.sort(key=lambda pair: -len(PLACE.sub("", pair[0])))
    return [(_pattern(msgid), told) for msgid, told in known if len(PLACE.sub("", msgid)) > FEW_LETTERS]


def _pattern(msgid: str) -> re.Pattern[str]:
    parts, seen = [], set()
    for place, literal in re.findall(rf"({PLACE.pattern})|([^%]+|%)", msgid):
        if not place:
            parts.append(re.escape(literal))
            continue
        name = place[2:-2]
        parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>.+)")
        seen.add(name)
    return re.compile("".join(parts))


@cache
def _catalogue(language: str) -> dict[str, str]:
    catalogue = trans_real.translation(language)._catalog
    texts = {key: catalogue[key] for key in catalogue.keys() if isinstance(key, str)}  # noqa: SIM118 - no mapping
    return {key: told for key, told in texts.items() if isinstance(told, str)}


def in_language(text: str, language: str) -> list[str]:
    """Return what a text of README's is called on the pages in a language: several where a context decides.

    A text that holds a value (a resource, a currency) is found by the text that has a place for it; a name that
    somebody gave stays.
    """
    if language == "en":
        return [text]
    known = _catalogue(language).items()
    found = [told for key, told in known if key.rpartition("\x04")[2] == text]
    for pattern, told in _patterns(language) if not found else ():
        values = pattern.fullmatch(text)
        if values:
            found.append(told % values.groupdict())
            break
    return [*dict.fromkeys(found)] or [text]
