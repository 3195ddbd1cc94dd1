"""The components of templates, as a template shows them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template

from core.panel.page import Status


def shown(source: str, **context: object) -> str:
    return Template("{% load panel %}" + source).render(Context(context)).strip()


@pytest.mark.parametrize(
    ("source", "value", "said"),
    [
        ("{{ value|money:'USD' }}", Decimal("1902.4"), "$1,902.40"),
        ("{{ value|amount:'USD' }}", Decimal("1902.4"), "1,902.40"),
        ("{{ value|unit_price:'USD' }}", Decimal("0.125"), "0.125"),
        ("{{ value|number }}", 1902, "1,902"),
        ("{{ value|number }}", 0, "0"),
        ("{{ value|day }}", date(2026, 12, 1), "01 Dec 2026"),
        ("{{ value|moment }}", datetime(2026, 12, 1, 14, 5, tzinfo=UTC), "01 Dec 2026, 14:05"),
        ("{{ value|or_dash }}", 0, "0"),
        ("{{ value|or_dash }}", "", "—"),
    ],
)
def test_filters_show_values_as_the_panels_do(source: str, value: object, said: str) -> None:
    assert shown(source, value=value) == said


@pytest.mark.parametrize("filters", ["money:'USD'", "amount:'USD'", "unit_price:'USD'", "number", "day", "or_dash"])
def test_nothing_is_a_dash(filters: str) -> None:
    assert shown("{{ value|" + filters + " }}", value=None) == "—"


def test_status_takes_words_or_the_pages_status() -> None:
    html = '<span class="state state-red">stopped: funds short</span>'
    assert shown("{% status 'stopped' 'Stopped' 'funds short' %}") == html
    assert shown("{% status page %}", page=Status("stopped", "Stopped", "funds short")) == html


def test_facts_are_a_card_and_each_fact_a_line() -> None:
    assert shown("{% facts 'Terms' edit='/edit/' %}{% fact 'Plan' name '/plans/1/' %}{% endfacts %}", name="A & B") == (
        '<section class="card facts"><div class="card-header"><h2 class="card-title">Terms</h2>'
        '<a class="card-actions" href="/edit/">Edit<span class="visually-hidden">: Terms</span></a></div>'
        '<div class="card-body"><dl><div><dt>Plan</dt><dd><a href="/plans/1/">A &amp; B</a></dd></div></dl>'
        "</div></section>"
    )


@pytest.mark.parametrize(("value", "said"), [(None, "—"), ("", "—"), (0, "0"), ("<b>", "&lt;b&gt;")])
def test_fact_shows_nothing_as_a_dash_and_escapes(value: object, said: str) -> None:
    assert shown("{% fact 'Seats' value %}", value=value) == f"<div><dt>Seats</dt><dd>{said}</dd></div>"


def test_figure_has_a_label_a_number_and_a_note() -> None:
    assert shown("{% figures %}{% figure 'Balance' '$3' note %}{% endfigures %}", note="of <$5") == (
        '<div class="figures"><div class="card figure"><div class="figure-label">Balance</div>'
        '<div class="figure-value">$3</div><div class="figure-note">of &lt;$5</div></div></div>'
    )


class Questions(forms.Form):
    name = forms.CharField(help_text="As on the letterhead.")
    since = forms.DateField(required=False, localize=True)
    kind = forms.ChoiceField(choices=[("a", "A")])
    agreed = forms.BooleanField()
    way = forms.ChoiceField(choices=[("mail", "Mail")], widget=forms.RadioSelect)


def field(name: str, form: forms.Form) -> str:
    return shown("{% field bound %}", bound=form[name])


def test_field_names_help_and_error_to_who_cannot_see_them() -> None:
    html = field("name", Questions({}))
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'class="form-control is-invalid"' in html
    assert html.count('aria-invalid="true"') == 1
    assert '<div class="field-error" id="id_name_error"><div>This field is required.</div></div>' in html


def test_field_without_error_is_not_marked() -> None:
    html = field("name", Questions())
    assert ("is-invalid" in html, "field-wrong" in html) == (False, False)
    assert 'aria-describedby="id_name_helptext"' in html


def test_each_kind_of_field_has_its_control() -> None:
    form = Questions(initial={"since": date(2026, 12, 1)})
    assert 'class="form-select"' in field("kind", form)
    assert 'class="form-check-input"' in field("agreed", form)
    assert '<legend class="form-label">Way</legend>' in field("way", form)
    since = field("since", form)
    assert ('type="date"' in since, 'value="2026-12-01"' in since) == (True, True)
    assert '<span class="optional">optional</span>' in since


def test_preview_of_no_charges_says_so() -> None:
    html = shown("{% charges_preview charges 'USD' total balance %}", charges=[], total=Decimal(0), balance=Decimal(7))
    assert "No charge: nothing is to be paid." in html
    assert ("$0.00" in html, "$7.00" in html) == (True, True)


def test_timeline_shows_each_entry() -> None:
    entry = {"at": datetime(2026, 12, 1, 14, 5, tzinfo=UTC), "title": "Stopped", "who": "Ann", "url": "/orders/1/"}
    html = shown("{% timeline entries %}", entries=[entry, {**entry, "title": "Ordered"}])
    assert html.index("Stopped") < html.index("Ordered")
    assert ("01 Dec 2026, 14:05" in html, 'href="/orders/1/"' in html) == (True, True)


def test_empty_page_says_the_first_step() -> None:
    html = shown("{% empty 'No plans yet' 'Plans are what is sold.' '/new/' 'Create a plan' %}")
    assert ("No plans yet" in html, 'href="/new/"' in html, "Create a plan" in html) == (True, True, True)


def test_languages_are_called_by_their_own_names() -> None:
    assert shown("{% languages as all %}{% for one in all %}{{ one.code }}={{ one.name }} {% endfor %}") == (
        "en=English ru=Русский"
    )


def test_whole_addresses_alone_are_linked() -> None:
    text = "An administrator of acme.onmicrosoft.com opens https://admin.example/Home?ref=/a&b=1, <now>."
    drawn = Template("{% load panel %}{{ text|linked }}").render(Context({"text": text}))
    there = "https://admin.example/Home?ref=/a&amp;b=1"
    assert drawn == f'An administrator of acme.onmicrosoft.com opens <a href="{there}">{there}</a>, &lt;now&gt;.'
