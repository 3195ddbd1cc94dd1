"""Whose catalogue an actor may change, and the refusals that its verbs share."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Forbidden
from accounts.models import Reseller
from accounts.queries import resellers_visible_to
from core.cleaning import clean_text
from core.errors import Refusals, Refused


class NameTaken(Refused):
    """Another object of the reseller has the name, key or SKU."""

    code = "name_taken"
    field = "name"


class NameMissing(Refused):
    """A name has to be given."""

    code = "name_missing"
    field = "name"


def require_reseller(actor: Actor, reseller: Reseller, right: str) -> None:
    """Do nothing where the actor has the right and the reseller is its own or below it, else raise Forbidden."""
    actor.require(right)
    if not resellers_visible_to(actor).filter(pk=reseller.pk).exists():
        raise Forbidden(_("This reseller's catalogue is not yours to change."))


def checked_name(name: str) -> str:
    """Return the name as it is kept (core/cleaning.py). Raises NameMissing."""
    name = clean_text(name)
    if not name:
        raise NameMissing(_("Enter a name."))
    return name


def refuse_others(
    refusals: Refusals, error: type[Refused], chosen: Mapping[str, Sequence[Any]], own: Mapping[str, QuerySet[Any]]
) -> None:
    """Add an `error` at each field in which rows were chosen that are not among the reseller's own."""
    for name, rows in own.items():
        keys = {one.pk for one in chosen[name]}
        if keys and rows.filter(pk__in=keys).count() != len(keys):
            refusals.add(error(_("Choose among the reseller's own."), field=name))


def refuse_no_days(refusals: Refusals, error: type[Refused], begins: date, ends: date | None) -> None:
    """Add an `error` at the end of what ends before it begins; `ends` is the first day without it."""
    if ends is not None and ends <= begins:
        sentence = _("It ends before it begins: choose a later day, or leave the end empty.")
        refusals.add(error(sentence, field="valid_until"))
