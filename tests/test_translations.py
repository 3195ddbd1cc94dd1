"""Whoever reads Russian reads only Russian: the catalogue is complete, true to the source, and keeps its terms."""

import gettext
import io
import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from brokerage.catalogues import ROOT, faults, texts_of

CATALOGUES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!\w)\{\w*\}")
TAG = re.compile(r"</?(?:a|b|br|code|em|i|li|p|span|strong|ul)\b")
# What a template shows is between its tags, or in an attribute that is read aloud or shown.
UNSEEN = re.compile(
    r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}|\{%\s*blocktrans.*?endblocktrans(?:late)?\s*%\}"
    r"|<script\b.*?</script>|<style\b.*?</style>|<code\b.*?</code>|<!--.*?-->|&\w+;",
    re.DOTALL,
)
OF_DJANGO = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\[\[link\]\]", re.DOTALL)
SPOKEN = re.compile(r"\b(?:aria-label|placeholder|title|alt|data-announce)=(\"[^\"]*\"|'[^']*')")
OF_HTML = re.compile(r"<[^>]*>", re.DOTALL)
# Names that are the same in every language.
NAMES = frozenset({"XLSX", "CSV", "API", "ID", "Brokerage"})
TERMS = {
    ("", "Account"): "Клиент",
    ("", "Account class"): "Класс клиента",
    ("", "Account type"): "Тип клиента",
    ("", "Manager"): "Менеджер",
    ("", "Reseller"): "Реселлер",
    ("", "Subscription"): "Подписка",
    ("", "Plan"): "Тарифный план",
    ("", "Service terms"): "Правила предоставления",
    ("", "Order"): "Заказ",
    ("button", "Order"): "Заказать",
    ("", "Charge"): "Списание",
    ("", "Payment"): "Платёж",
    ("", "Billing day"): "День биллинга",
    ("", "New"): "Новое",
    ("", "Opened"): "Открыто",
    ("", "Blocked"): "Заблокировано",
    ("", "Closed"): "Закрыто",
    ("", "Waiting for refund"): "Ожидает возврата",
    ("", "Refunded"): "Возвращено",
    ("charge", "Deleted"): "Удалено",
    ("subscription", "Deleted"): "Удалена",
    ("", "Deleted"): "Удалён",
}


@pytest.fixture(scope="module")
def texts() -> Catalog:
    return texts_of(ROOT)


@pytest.fixture(scope="module")
def russian() -> Catalog:
    return _catalogue(ROOT / "locale" / "ru" / "LC_MESSAGES" / "django.po")


def test_russian_is_there():
    assert "ru" in [path.parts[-3] for path in CATALOGUES]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_every_text_of_the_source_is_translated(path, texts):
    assert faults(path, texts) == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_nothing_is_kept_that_the_source_no_longer_says(path, texts):
    said = {_key(message) for message in texts}
    assert [_key(message) for message in _catalogue(path) if message.id and _key(message) not in said] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_no_translation_is_a_guess(path):
    assert [_key(message) for message in _catalogue(path) if message.id and message.fuzzy] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_each_translation_names_exactly_the_placeholders_and_tags_of_its_text(path):
    wrong = []
    for message in _catalogue(path):
        if message.id:
            for translation in _all(message.string):
                many = Counter(PLACEHOLDER.findall(_all(message.id)[-1]))
                if Counter(PLACEHOLDER.findall(translation)) != many or _tags(translation) != _tags(message.id):
                    wrong.append((_key(message), translation))
    assert wrong == []


def test_russian_counts_in_three_forms(russian):
    compiled = io.BytesIO()
    write_mo(compiled, russian)
    compiled.seek(0)
    ngettext = gettext.GNUTranslations(compiled).ngettext
    counted = [ngettext("%(number)s unit", "%(number)s units", number) for number in (1, 2, 5, 11, 12, 21, 104, 111)]
    words = ["единица", "единицы", "единиц", "единиц", "единиц", "единица", "единицы", "единиц"]
    assert counted == [f"%(number)s {word}" for word in words]


@pytest.mark.parametrize(("key", "term"), TERMS.items(), ids=[" ".join(key).strip() for key in TERMS])
def test_the_specification_has_one_word_for_one_thing(key, term, russian):
    context, text = key
    message = russian.get(text, context=context or None)
    assert message is not None
    assert message.string == term


def test_no_template_says_anything_that_cannot_be_translated():
    said = {str(path.relative_to(ROOT)): words for path in _templates() if (words := _untranslatable(path))}
    assert said == {}


def test_a_hard_coded_word_of_a_template_would_be_found(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '<p class="word">{% translate "Fine" %} Hard {{ value|default:"none" }}</p><a title="coded" href="/x">CSV</a>',
        encoding="utf-8",
    )
    assert _untranslatable(page) == ["Hard", "coded"]


def _templates() -> list[Path]:
    folders = ("templates", "accounts", "api", "core", "customer_panel", "operator_panel", "vendors")
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.html") if "templates" in path.parts)


def _untranslatable(path: Path) -> list[str]:
    source = OF_DJANGO.sub(" ", UNSEEN.sub(" ", path.read_text(encoding="utf-8")))
    shown = OF_HTML.sub(" ", source) + " " + " ".join(SPOKEN.findall(source))
    return [word for word in re.findall(r"[A-Za-z][A-Za-z-]+", shown) if word not in NAMES]


def _catalogue(path: Path) -> Catalog:
    with open(path, "rb") as source:
        return read_po(source, locale=path.parts[-3])


def _key(message: Message) -> tuple[str, str]:
    return message.context or "", _all(message.id)[0]


def _tags(text: str | tuple[str, ...]) -> Counter[str]:
    return Counter(TAG.findall(_all(text)[-1]))


def _all(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)
