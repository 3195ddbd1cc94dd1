"""Addresses of a list with one thing changed, for templates/lists/."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from core.lists.chips import Chip
from core.lists.state import ALL, OPEN, QUICK, SEARCH, SHOW, SIZE, SORT, VIEW, ListState

register = template.Library()


@register.simple_tag(takes_context=True)
def list_address(context: dict[str, Any], **changes: Any) -> str:
    """Return the list's address with these changes, on page one."""
    state: ListState = context["state"]
    return state.parameters(**changes)


@register.simple_tag(takes_context=True)
def list_address_with_filter(context: dict[str, Any], name: str) -> str:
    """Return the list's address with one more filter shown, and open."""
    state: ListState = context["state"]
    return state.parameters(**{SHOW: [*state.extra, name], OPEN: name})


@register.simple_tag(takes_context=True)
def list_address_without(context: dict[str, Any], parameters: Sequence[str]) -> str:
    """Return the list's address without the parameters of a filter."""
    state: ListState = context["state"]
    return state.parameters(**dict.fromkeys(parameters, ""))


@register.simple_tag
def list_choices(do: str, choices: Iterable[dict[str, Any]]) -> SafeString:
    """Return the lines of a chooser of columns or filters."""
    return _choices(do, tuple((one["name"], str(one["label"]), one["chosen"]) for one in choices), get_language())


@lru_cache(maxsize=1024)
def _choices(do: str, choices: tuple[tuple[str, str, bool], ...], _language: str | None) -> SafeString:
    """Remembered: the lines are the same on every page of a list until its reader chooses otherwise."""
    lines = [{"name": name, "label": label, "chosen": chosen} for name, label, chosen in choices]
    return render_to_string("lists/choices.html", {"do": do, "choices": lines})


@register.simple_tag
def list_options(chip: Chip, focused: bool = False) -> SafeString:
    """Return the choices of a filter; `focused` where it was added just now and is open."""
    choices = tuple((str(one.value), str(one.label), one.chosen) for one in chip.choices)
    return _options(chip.name, "checkbox" if chip.several else "radio", choices, focused) if choices else SafeString()


@lru_cache(maxsize=1024)
def _options(name: str, kind: str, choices: tuple[tuple[str, str, bool], ...], focused: bool) -> SafeString:
    context = {"name": name, "kind": kind, "choices": choices, "focused": focused}
    return render_to_string("lists/options.html", context)


@register.simple_tag(takes_context=True)
def list_hidden(context: dict[str, Any], *without: str) -> SafeString:
    """Return the list's address as hidden inputs, for a form that changes one thing of it."""
    state: ListState = context["state"]
    held: dict[str, Any] = {
        SEARCH: state.search, QUICK: state.quick, SORT: state.sort, SIZE: state.size,
        SHOW: list(state.extra), ALL: "1" if state.everything else "",
        VIEW: str(state.view or ""), **state.values,
    }  # fmt: skip
    pairs = [
        (name, one)
        for name, value in held.items()
        if name not in without
        for one in (value if isinstance(value, list) else [value])
        if one not in ("", None)
    ]
    return format_html("{}", format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs))
