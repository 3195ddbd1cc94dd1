"""Where a refusal is put right: its remedy, as a link of the panel of who reads it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from core.errors import Refused, Remedy
from core.fitting import LARGEST_TYPED
from core.panel.page import Hint


@dataclass(frozen=True)
class Way:
    """A link that leads to a remedy."""

    label: object
    url: str


# What a panel makes of a remedy for an actor: the way to it, or None where it is not the actor's to take.
Translation = Callable[[Any, Remedy], Way | None]


@dataclass(frozen=True)
class Place:
    """Where a panel puts a kind of trouble right: the link's label, the page and the right it needs.

    `named` says that the page's address names the remedy's object.
    """

    label: object
    page: str
    right: str
    named: bool = True


def translation_by(places: Mapping[str, Place]) -> Translation:
    """Return a panel's translation of remedies: none for a kind without a place, or one that is not the actor's."""

    def way_to(actor: Any, remedy: Remedy) -> Way | None:
        place = places.get(remedy.kind)
        if place is None or not actor.may(place.right):
            return None
        query = f"?{urlencode({'amount': remedy.amount})}" if remedy.amount else ""
        return Way(place.label, f"{reverse(place.page, args=[remedy.pk] if place.named else [])}{query}")

    return way_to


def no_remedies(_actor: Any, _remedy: Remedy) -> Way | None:
    """Translate nothing: pages outside of the panels."""
    return None


def ways_of(request: HttpRequest, refusals: Iterable[Refused]) -> list[Way]:
    """Return the ways out of refusals that the reader of this page may take, each once."""
    translate: Translation = getattr(request, "remedies", no_remedies)
    actor = getattr(request, "actor", None)
    remedies = [one.remedy for refusal in refusals for one in refusal.problems if one.remedy is not None]
    ways = [translate(actor, remedy) for remedy in dict.fromkeys(remedies)] if actor is not None else []
    return [way for way in ways if way is not None]


def hints_of(actor: Any, refusal: Refused | None, translate: Translation) -> tuple[Hint, ...]:
    """Return why a step that is looked for cannot be taken now, with the way to its remedy; nothing where it can."""
    if refusal is None:
        return ()
    way = translate(actor, refusal.remedy) if refusal.remedy is not None else None
    return (Hint(refusal, way.label, way.url),) if way is not None else (Hint(refusal),)


def with_ways(request: HttpRequest, refusal: Refused) -> str:
    """Return the sentence of a refusal with the ways out of it behind it, for a message of the next page."""
    said = format_html("{}", refusal)
    for way in ways_of(request, [refusal]):
        said = format_html('{} <a href="{}">{}</a>', said, way.url, way.label)
    return said


def suggested_amount(request: HttpRequest) -> Decimal | None:
    """Return the amount that a way to a top-up led here with."""
    try:
        amount = Decimal(request.GET.get("amount", ""))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 < amount < LARGEST_TYPED else None
