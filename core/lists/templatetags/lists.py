"""Addresses of a list with one thing changed, for templates/lists/."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.lists.state import ALL, QUICK, SEARCH, SHOW, SIZE, SORT, ListState

register = template.Library()


@register.simple_tag(takes_context=True)
def list_address(context: dict[str, Any], **changes: Any) -> str:
    """Return the list's address with these changes, on page one."""
    state: ListState = context["state"]
    return state.parameters(**changes)


@register.simple_tag(takes_context=True)
def list_address_with_filter(context: dict[str, Any], name: str) -> str:
    """Return the list's address with one more filter shown."""
    state: ListState = context["state"]
    return state.parameters(**{SHOW: [*state.extra, name]})


@register.simple_tag(takes_context=True)
def list_address_without(context: dict[str, Any], parameters: Sequence[str]) -> str:
    """Return the list's address without the parameters of a filter."""
    state: ListState = context["state"]
    return state.parameters(**dict.fromkeys(parameters, ""))


@register.simple_tag(takes_context=True)
def list_hidden(context: dict[str, Any], *without: str) -> SafeString:
    """Return the list's address as hidden inputs, for a form that changes one thing of it."""
    state: ListState = context["state"]
    held: dict[str, Any] = {
        SEARCH: state.search, QUICK: state.quick, SORT: state.sort, SIZE: state.size,
        SHOW: list(state.extra), ALL: "1" if state.everything else "", **state.values,
    }  # fmt: skip
    pairs = [
        (name, one)
        for name, value in held.items()
        if name not in without
        for one in (value if isinstance(value, list) else [value])
        if one not in ("", None)
    ]
    return format_html("{}", format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs))
