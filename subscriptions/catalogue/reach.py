"""Whose catalogue an actor may change, and the refusals that its verbs share."""

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Forbidden
from accounts.models import Reseller
from accounts.queries import resellers_visible_to
from core.cleaning import clean_text
from core.errors import Refused


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
