"""Own and child: the records of the reseller in the path, or of all resellers below it."""

import enum

from django.db.models import Q
from django.http import Http404

from accounts.actors import Actor
from accounts.models import Reseller
from accounts.queries import resellers_below, resellers_visible_to, their_ids


class Scope(enum.StrEnum):
    """Which records a method answers with; the value is how its address begins."""

    OWN = ""
    CHILD = "child_reseller_"


def reseller_of_path(actor: Actor, reseller_id: int) -> Reseller:
    """Return the reseller of the path. Raises Http404 for one outside the actor's tree, as for one that is not."""
    reseller = resellers_visible_to(actor).filter(pk=reseller_id).first()
    if reseller is None:
        raise Http404
    return reseller


def within(scope: Scope, reseller: Reseller, path: str = "reseller") -> Q:
    """Return the condition on rows that belong to the reseller at `path`; one statement for those below one."""
    if scope is Scope.OWN:
        return Q(**{path: reseller})
    if reseller.is_operator:
        return ~Q(**{path: reseller})
    return Q(**{f"{path}__in": their_ids(resellers_below(reseller))})
