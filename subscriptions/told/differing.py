"""A difference with a vendor in words: what does not agree, and what both choices would do."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.panel.formats import length_text
from subscriptions.models import Choice, Difference, DifferenceKind
from vendors.commitments import AtEnd, State, billing_plan_text

_VALUES: Mapping[str, Promise] = {
    State.ACTIVE: gettext_lazy("in use"),
    State.SUSPENDED: gettext_lazy("suspended"),
    State.ENDED: gettext_lazy("ended"),
    AtEnd.RENEWS: gettext_lazy("renews"),
    AtEnd.ENDS: gettext_lazy("ends"),
    AtEnd.EXTENDS: gettext_lazy("goes into the extended term"),
    "accepted": gettext_lazy("accepted"),
    "required": gettext_lazy("has to be accepted anew"),
}
_SAID = {
    DifferenceKind.QUANTITY: gettext_lazy("%(name)s: our books have %(ours)s units, the vendor has %(theirs)s."),
    DifferenceKind.SUSPENDED: gettext_lazy("%(name)s is active in our books and suspended at the vendor."),
    DifferenceKind.RUNNING: gettext_lazy(
        "%(name)s is %(ours)s in our books, and the vendor serves and charges it: %(theirs)s."
    ),
    DifferenceKind.ENDED: gettext_lazy(
        "%(name)s is %(ours)s in our books, and the vendor has ended it or does not know it."
    ),
    DifferenceKind.TERM: gettext_lazy("%(name)s was sold for the term %(ours)s, the vendor has %(theirs)s."),
    DifferenceKind.END_OF_TERM: gettext_lazy(
        "%(name)s: what is wanted at the end of its term: %(ours)s. What the vendor does then: %(theirs)s."
    ),
    DifferenceKind.SCHEDULE: gettext_lazy(
        "%(name)s: for the renewal our books have arranged: %(ours)s. At the vendor it is: %(theirs)s."
    ),
    DifferenceKind.AGREEMENT: gettext_lazy(
        "%(name)s: the customer's agreement counts no more. Until it is accepted anew, the vendor takes no order and"
        " no change."
    ),
    DifferenceKind.UNKNOWN: gettext_lazy(
        "%(name)s is at the vendor (%(theirs)s) and in nobody's books: somebody has bought it there."
    ),
}
_NOTE = gettext_lazy("It is taken for right and not told again; nothing is charged otherwise.")
_ARRANGED = gettext_lazy(
    "The end of the term is arranged at the vendor as our books have it; what else is arranged there for the renewal is"
    " dropped."
)
_DOES: Mapping[tuple[str, str], Promise] = {
    (Choice.ACCEPT, DifferenceKind.QUANTITY): gettext_lazy(
        "Our books take over the vendor's units, charged from today; what is more is paid from the balance."
    ),
    (Choice.ACCEPT, DifferenceKind.SUSPENDED): gettext_lazy("It is stopped in our books."),
    (Choice.ACCEPT, DifferenceKind.RUNNING): gettext_lazy("It is activated in our books and charged from today."),
    (Choice.ACCEPT, DifferenceKind.ENDED): gettext_lazy("It is deleted in our books, charged to today."),
    (Choice.ACCEPT, DifferenceKind.TERM): _NOTE,
    (Choice.ACCEPT, DifferenceKind.END_OF_TERM): gettext_lazy(
        "It is chosen so in our books; what ends with the term is charged until then, and deleted here."
    ),
    (Choice.ACCEPT, DifferenceKind.SCHEDULE): gettext_lazy(
        "An order for fewer units of which the vendor has nothing is cancelled; what the vendor has arranged of its own"
        " is taken for right and not told again."
    ),
    (Choice.ACCEPT, DifferenceKind.AGREEMENT): gettext_lazy("Not possible: the customer alone accepts it."),
    (Choice.ACCEPT, DifferenceKind.UNKNOWN): gettext_lazy("It is left as it is, and not told again."),
    (Choice.RESTORE, DifferenceKind.QUANTITY): gettext_lazy(
        "The vendor is brought to the units of our books; what we are charged or given back for it is the vendor's"
        " word."
    ),
    (Choice.RESTORE, DifferenceKind.SUSPENDED): gettext_lazy("It is activated at the vendor."),
    (Choice.RESTORE, DifferenceKind.RUNNING): gettext_lazy(
        "It is suspended at the vendor; what is deleted in our books is ended there."
    ),
    (Choice.RESTORE, DifferenceKind.ENDED): gettext_lazy("Not possible: what has ended does not come back."),
    (Choice.RESTORE, DifferenceKind.TERM): gettext_lazy("Not possible: a running term is not changed back."),
    (Choice.RESTORE, DifferenceKind.END_OF_TERM): _ARRANGED,
    (Choice.RESTORE, DifferenceKind.SCHEDULE): _ARRANGED,
    (Choice.RESTORE, DifferenceKind.AGREEMENT): gettext_lazy(
        "The customer and its contact person are written to, with the link."
    ),
    (Choice.RESTORE, DifferenceKind.UNKNOWN): gettext_lazy(
        "It is ended at the vendor: at once where it can still be cancelled, else at the end of its term."
    ),
}


def said_of(difference: Difference) -> str:
    """Return in one sentence what does not agree, in the active language."""
    values = {"name": difference.name, "ours": value_of(difference.ours), "theirs": value_of(difference.theirs)}
    return str(_SAID[DifferenceKind(difference.kind)]) % values


def does(choice: str, difference: Difference) -> str:
    """Return in one sentence what settling a difference so does, in the active language."""
    return str(_DOES[choice, DifferenceKind(difference.kind)])


def value_of(value: str) -> str:
    """Return a value of a difference as people read it; nothing arranged is said so."""
    return ", ".join(_word(part) for part in value.split()) or _("nothing")


def _word(part: str) -> str:
    return str(_VALUES.get(part) or billing_plan_text(length_text(part)))
