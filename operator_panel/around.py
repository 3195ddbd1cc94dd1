"""What the pages of all objects have around them: tabs that the actor may open, the Log tab."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.actors import Actor
from core.history import history_of
from core.lists.tabs import ListTab, Offered, offered_of
from core.panel.page import Button, Page, Tab, offered_buttons
from operator_panel.log_words import cause_of, saying_of


def tabs_of(actor: Actor, offered: Iterable[ListTab | Offered], active: str, pk: object) -> tuple[Tab, ...]:
    """Return the tabs whose right the actor has, of (URL name, label, right) and of lists."""
    return tuple(
        Tab(label, reverse(f"operator:{name}", args=[pk]), active=name == active)
        for name, label, right in offered_of(offered)
        if actor.may(right)
    )


def able(actor: Actor, offered: Iterable[tuple[str, object, str, bool]], pk: object) -> tuple[Button, ...]:
    """Return buttons for what can be done now, of (URL name, label, right, whether it can); the first may be primary.

    Whether it can is said by the verb's own check (subscriptions/told/offered.py), not by the page.
    """
    buttons = [
        (label, reverse(f"operator:{name}", args=[pk]))
        for name, label, right, can in offered
        if can and actor.may(right)
    ]
    return offered_buttons(buttons)


def log_page(request: HttpRequest, page: Page, row: Any) -> HttpResponse:
    """Show what happened to a row."""
    return render(
        request,
        "operator_panel/log.html",
        {"page": page, "entries": history_of(row, saying=saying_of(row), causes=cause_of)},
    )
