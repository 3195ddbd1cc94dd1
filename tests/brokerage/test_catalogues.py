"""The catalogues hold every text of the source, and are compiled without gettext."""

from pathlib import Path

import pytest

from brokerage import catalogues

SOURCE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
A = _("Order")
B = _("Pay %(amount)s")
C = pgettext("status", "New")
D = ngettext("%(count)s seat", "%(count)s seats", 2)
E = _(A)
"""
TEMPLATE = """{% load i18n %}
  <p>{% translate "Balance" %}</p>
{% blocktranslate count number=seats trimmed %}
    one {{ unit }}
{% plural %}
    {{ number }} {{ unit }}
{% endblocktranslate %}
"""
RUSSIAN = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\\n"

msgid "Order"
msgstr "Заказ"

msgid "Pay %(amount)s"
msgstr "Оплатить %(sum)s"

msgctxt "status"
msgid "New"
msgstr "Новый"

msgid "%(count)s seat"
msgid_plural "%(count)s seats"
msgstr[0] "%(count)s место"
msgstr[1] "%(count)s места"
msgstr[2] ""

#, fuzzy
msgid "Balance"
msgstr "Остаток"

msgid "no longer said"
msgstr "больше не говорится"
"""


@pytest.fixture
def root(tmp_path) -> Path:
    for name, text in {
        "accounts/words.py": SOURCE,
        "templates/page.html": TEMPLATE,
        "locale/ru/LC_MESSAGES/django.po": RUSSIAN,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_texts_of_python_and_templates_are_found(root):
    found = {(message.context, message.id) for message in catalogues.texts_of(root) if message.id}
    assert found == {
        (None, "Order"),
        (None, "Pay %(amount)s"),
        ("status", "New"),
        (None, ("%(count)s seat", "%(count)s seats")),
        (None, "Balance"),
        (None, ("one %(unit)s", "%(number)s %(unit)s")),
    }


def test_missing_fuzzy_half_translated_and_misspelled_texts_are_faults(root):
    po = root / "locale" / "ru" / "LC_MESSAGES" / "django.po"
    assert sorted(line.split(": ", 1)[1] for line in catalogues.faults(po, catalogues.texts_of(root))) == [
        "not translated: '%(count)s seat'",
        "not translated: 'Balance'",
        "not translated: 'one %(unit)s'",
        "the translation names a placeholder that the text lacks: 'Pay %(amount)s'",
    ]


def test_update_adds_new_texts_untranslated_and_drops_old_ones(root):
    po = root / "locale" / "ru" / "LC_MESSAGES" / "django.po"
    catalogues.update_catalogues(root / "locale", catalogues.texts_of(root))
    text = po.read_text(encoding="utf-8")
    assert 'msgid "one %(unit)s"\nmsgid_plural "%(number)s %(unit)s"\nmsgstr[0] ""' in text
    assert 'msgid "Order"\nmsgstr "Заказ"' in text
    assert "no longer said" not in text


def test_compiled_catalogues_are_read_by_gettext(root):
    compiled = catalogues.compile_catalogues(root / "locale")
    assert compiled == [root / "locale" / "ru" / "LC_MESSAGES" / "django.mo"]
    assert compiled[0].read_bytes()[:4] == b"\xde\x12\x04\x95"
