"""The message catalogues, in pure Python, since a bare machine has no gettext: python -m brokerage.catalogues VERB.

compile: django.po to django.mo, at set-up. update: take the texts of the source into every django.po.
check: say which texts a catalogue lacks; exit code 1 where there are any.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCES = (
    "accounts", "api", "billing", "brokerage", "core", "customer_panel", "notifications", "operator_panel",
    "subscriptions", "templates", "vendors",
)  # fmt: skip
WITH_CONTEXT = ((1, "c"), 2)
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": WITH_CONTEXT, "pgettext_lazy": WITH_CONTEXT,
    "npgettext": (*WITH_CONTEXT, 3), "npgettext_lazy": (*WITH_CONTEXT, 3),
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!\w)\{\w*\}")
Text = str | tuple[str, str]


def texts_of(root: Path) -> Catalog:
    """Return a catalogue of every translatable text in the project's own Python files and templates."""
    catalogue = Catalog(fuzzy=False)
    for path in sorted(path for folder in SOURCES for path in (root / folder).rglob("*")):
        if path.suffix == ".py" and "migrations" not in path.parts:
            source = path.read_text(encoding="utf-8")
        elif path.suffix in (".html", ".txt") and "templates" in path.parts:
            # Django's own reader of templates turns them into calls; their indentation means nothing to Python.
            pretended = templatize(path.read_text(encoding="utf-8"), origin=str(path))
            source = "\n".join(line.strip() for line in pretended.splitlines())
        else:
            continue
        for line, text, context in _texts(source):
            catalogue.add(text, locations=[(str(path.relative_to(root)), line)], context=context)
    return catalogue


def compile_catalogues(locale: Path) -> list[Path]:
    """Write a django.mo beside each django.po under `locale` and return them."""
    compiled = []
    for po in sorted(locale.glob("*/LC_MESSAGES/django.po")):
        mo = po.with_suffix(".mo")
        with open(po, "rb") as source, open(mo, "wb") as target:
            write_mo(target, read_po(source, locale=po.parts[-3]))
        compiled.append(mo)
    return compiled


def update_catalogues(locale: Path, texts: Catalog) -> None:
    """Add the source's texts to each django.po, untranslated, and drop those that the source no longer has."""
    for po in sorted(locale.glob("*/LC_MESSAGES/django.po")):
        with open(po, "rb") as source:
            catalogue = read_po(source, locale=po.parts[-3])
        catalogue.update(texts, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        with open(po, "wb") as target:
            write_po(target, catalogue, width=120, sort_output=True, include_lineno=False)


def faults(po: Path, texts: Catalog) -> list[str]:
    """Return a line for each text that `po` lacks, has not translated, or translates with other placeholders."""
    with open(po, "rb") as source:
        catalogue = read_po(source, locale=po.parts[-3])
    found = []
    for message in texts:
        if not message.id:
            continue
        where = ":".join(str(part) for part in message.locations[0])
        ours = catalogue.get(_first(message.id), context=message.context)
        translations = _all(ours.string) if ours else ()
        if not translations or not all(translations) or (ours and ours.fuzzy):
            found.append(f"{where}: not translated: {_first(message.id)!r}")
        elif any(_placeholders(text) - _placeholders(*_all(message.id)) for text in translations):
            found.append(f"{where}: the translation names a placeholder that the text lacks: {_first(message.id)!r}")
    return found


def _texts(source: str) -> Iterator[tuple[int, Text, str | None]]:
    for line, function, arguments, _comments in extract_python(io.BytesIO(source.encode()), list(KEYWORDS), [], {}):
        given = arguments if isinstance(arguments, tuple) else (arguments,)
        form = KEYWORDS[function]
        context = given[0] if form and form[0] == (1, "c") else None
        words = given[1:] if context is not None else given
        plural = function.startswith(("ng", "np"))
        if not words or words[0] is None or (plural and (len(words) < 2 or words[1] is None)):
            continue  # a call with a variable: its text is marked where it is written
        yield line, (words[0], words[1]) if plural else words[0], context


def _first(text: Text) -> str:
    return text if isinstance(text, str) else text[0]


def _all(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _placeholders(*texts: str) -> set[str]:
    return {found for text in texts for found in PLACEHOLDER.findall(text)}


def main(arguments: list[str]) -> int:
    """Do the verb for the checkout's locale folder, or compile that of another package; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m brokerage.catalogues", description=__doc__)
    parser.add_argument("verb", choices=["compile", "update", "check"])
    parser.add_argument("locale", nargs="?", type=Path, default=ROOT / "locale", help="of another package, to compile")
    given = parser.parse_args(arguments)
    verb, locale = given.verb, given.locale
    if verb == "compile":
        compile_catalogues(locale)
        return 0
    locale = ROOT / "locale"
    texts = texts_of(ROOT)
    if verb == "update":
        update_catalogues(locale, texts)
        return 0
    catalogues = sorted(locale.glob("*/LC_MESSAGES/django.po"))
    lines = [f"{po.parts[-3]}: {line}" for po in catalogues for line in faults(po, texts)]
    if "ru" not in {po.parts[-3] for po in catalogues}:
        lines.append("locale/ru/LC_MESSAGES/django.po is missing")
    print("\n".join(lines) or f"{len(texts)} texts, all translated")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
