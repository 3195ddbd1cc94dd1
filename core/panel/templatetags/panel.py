"""Components of the panels for templates: {% load panel %}. docs/panels.md shows each."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, DateInput, Form, RadioSelect, Select
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info, gettext

from core.countries import country_name
from core.panel import formats, returning
from core.panel.page import Status
from core.panel.remedies import Way, ways_of
from core.panel.shown import Shown

# An address in a sentence, without what ends the sentence.
ADDRESS = re.compile(r"""(https?://[^\s<>"]*[^\s<>".,:;!?)'»”])""")
# A group of more choices than these is searched by typing.
LONG = 12

register = template.Library()


@register.simple_tag(takes_context=True)
def ways(context: dict[str, Any], form: Form) -> list[Way]:
    """Return the ways out of what was refused of a form: {% ways form as links %}."""
    return ways_of(context["request"], getattr(form, "refusals", ()))


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """Return an amount with its currency: {{ balance|money:account.currency }}."""
    return formats.NOTHING if amount is None else formats.money_text(amount, currency)


@register.filter
def amount(value: Decimal | None, currency: str) -> str:
    """Return an amount whose currency is named nearby."""
    return formats.NOTHING if value is None else formats.amount_text(value, currency)


@register.filter
def unit_price(value: Decimal | None, currency: str) -> str:
    """Return a price a unit with all its digits."""
    return formats.NOTHING if value is None else formats.unit_price_text(value, currency)


@register.filter
def unit_money(value: Decimal | None, currency: str) -> str:
    """Return a price a unit with all its digits and its currency."""
    return formats.NOTHING if value is None else formats.unit_money_text(value, currency)


@register.filter
def number(value: int | None) -> str:
    """Return a whole number in the reader's digits grouping."""
    return formats.NOTHING if value is None else formats.number_text(value)


@register.filter
def day(value: date | None) -> str:
    """Return a day: {{ order.placed_on|day }}."""
    return formats.day_text(value)


@register.filter
def last_day(end: date | None) -> str:
    """Return the last day that belongs to a period: {{ charge.operate_to|last_day }}."""
    return formats.day_text(formats.last_day(end))


@register.filter
def length_of_time(value: str) -> str:
    """Return a length of months or years in words: {{ held.term|length_of_time }}."""
    return formats.length_text(value)


@register.filter
def linked(text: object) -> SafeString:
    """Return a sentence whose addresses are links: whole ones alone, a domain in it is no page to go to."""
    parts = enumerate(ADDRESS.split(str(text)))
    return format_html_join(
        "", "{}", ((format_html('<a href="{0}">{0}</a>', one) if at % 2 else one,) for at, one in parts)
    )


@register.filter
def moment(value: datetime | None) -> str:
    """Return a moment with its time of day."""
    return formats.moment_text(value)


@register.filter
def country(code: str) -> str:
    """Return a country's name: {{ account.country|country }}."""
    return country_name(code)


@register.filter
def or_dash(value: object) -> object:
    """Return a dash for nothing."""
    return formats.NOTHING if value in (None, "") else value


@register.simple_tag(takes_context=True)
def along(context: dict[str, Any], url: str) -> str:
    """Return an address with the way back to the list that the page was opened from: href="{% along button.url %}"."""
    request = context.get("request")
    return returning.along(str(url), returning.came_from(request)) if request and url else str(url)


@register.simple_tag
def status(value: str | Status, label: object = "", detail: object = "") -> SafeString:
    """Show a status: {% status account.status account.get_status_display %} or {% status page.status %}."""
    if isinstance(value, Status):
        return formats.status_html(value.value, value.label, value.detail)
    return formats.status_html(value, label, detail)


@register.simple_block_tag(takes_context=True)
def facts(context: dict[str, Any], content: str, title: object, edit: str = "", edit_label: object = "") -> SafeString:
    """Show a group of facts as a card: {% facts title=… edit=url %}{% fact … %}{% endfacts %}."""
    head = format_html('<h2 class="card-title">{}</h2>', title)
    if edit:
        label = edit_label or gettext("Edit")
        head = format_html(
            '{}<a class="card-actions" href="{}">{}<span class="visually-hidden">: {}</span></a>',
            head, along(context, edit), label, title,
        )  # fmt: skip
    return format_html(
        '<section class="card facts"><div class="card-header">{}</div>'
        '<div class="card-body"><dl>{}</dl></div></section>',
        head, content,
    )  # fmt: skip


@register.simple_tag
def fact(label: object, value: object = None, url: str = "") -> SafeString:
    """Show one line of a group of facts; a dash for nothing, a link where the value has a page of its own."""
    shown: object
    if value is None or value == "":
        shown = formats.NOTHING
    elif url:
        shown = format_html('<a href="{}">{}</a>', url, value)
    else:
        shown = value
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", label, shown)


@register.simple_tag
def copyable(label: object, value: object) -> SafeString:
    """Show a value in full with a button that copies it: {% copyable _("Redirect address") address %}."""
    return format_html(
        '<label class="form-label copy">{}<span class="copy-row"><input class="form-control" readonly value="{}">'
        '<button type="button" class="btn needs-script" data-copy="{}">{}</button></span></label>',
        label, value, gettext("Copied"), gettext("Copy"),
    )  # fmt: skip


@register.simple_block_tag
def figures(content: str) -> SafeString:
    """Show the figures that decide in a row: {% figures %}{% figure … %}{% endfigures %}."""
    return format_html('<div class="figures">{}</div>', content)


@register.simple_tag
def figure(label: object, value: object, note: object = "", url: str = "") -> SafeString:
    """Show one figure: a label, the number large, a note below."""
    number = format_html('<a href="{}">{}</a>', url, value) if url else value
    return format_html(
        '<div class="card figure"><div class="figure-label">{}</div><div class="figure-value">{}</div>'
        '<div class="figure-note">{}</div></div>',
        label, number, note,
    )  # fmt: skip


@register.inclusion_tag("components/timeline.html")
def timeline(entries: Sequence[object]) -> dict[str, object]:
    """Show what happened, newest first: entries with `at`, `title`, and where known `text`, `who`, `url`."""
    return {"entries": entries}


@register.inclusion_tag("components/charges_preview.html")
def charges_preview(
    charges: Sequence[object], currency: str, total: Decimal | None = None, balance_after: Decimal | None = None
) -> dict[str, object]:
    """Show charges as they will be made (rows of Charge or alike), their sum, and the available funds afterwards."""
    return {"charges": charges, "currency": currency, "total": total, "balance_after": balance_after}


@register.inclusion_tag("components/effects.html")
def effects(shown: Shown) -> dict[str, object]:
    """Show what a confirmation says of money: what becomes of each charge, today's sum, each month's, what is left."""
    return {"shown": shown}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField) -> dict[str, object]:
    """Show a form field: label above, help below, errors beside with the remedy."""
    widget = bound.field.widget
    attributes: dict[str, str | bool] = {}
    is_check = isinstance(widget, CheckboxInput)
    is_group = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    is_long = is_group and len(widget.choices) > LONG
    if is_check:
        attributes["class"] = "form-check-input"
    elif not is_group:
        attributes["class"] = "form-select" if isinstance(widget, Select) else "form-control"
        if isinstance(widget, DateInput):
            # The browser's own calendar; it wants ISO, whatever the language.
            widget.input_type, widget.format = "date", "%Y-%m-%d"
    if bound.errors:
        attributes["class"] = f"{attributes.get('class', '')} is-invalid".strip()
        attributes["aria-invalid"] = "true"
    described = [name for name, given in ((f"{bound.auto_id}_helptext", bound.help_text),
                                          (f"{bound.auto_id}_error", bound.errors)) if given]  # fmt: skip
    if described and not is_group:
        attributes["aria-describedby"] = " ".join(described)
    control = bound.as_widget(attrs=attributes)
    return {"field": bound, "control": control, "is_check": is_check, "is_group": is_group, "is_long": is_long}


@register.inclusion_tag("components/empty.html")
def empty(title: object, text: object = "", url: str = "", label: object = "") -> dict[str, object]:
    """Show an empty page: what will be here, and the first step."""
    return {"title": title, "text": text, "url": url, "label": label}


@register.simple_tag
def languages() -> list[dict[str, str]]:
    """Return the languages to choose from, each by its own name."""
    return [
        {"code": code, "name": get_language_info(code)["name_local"].capitalize()} for code, _ in settings.LANGUAGES
    ]
