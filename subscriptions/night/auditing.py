"""The nightly audit: whether the books agree as the last night has left them, and who is told where they do not."""

import logging
from collections.abc import Sequence
from itertools import islice

from django.utils.functional import lazy

from accounts.models import Reseller
from billing.audit import Finding, findings
from notifications.announce import announce
from subscriptions.models import BillingNight

logger = logging.getLogger(__name__)

# So many are named in the letter; manage.py audit_books names all.
NAMED = 10


def audit_books() -> int:
    """Audit the books as of the last night that is through; return how many findings there are, of none has been: none.

    The operator's administrators are told, once for each such night. Nothing is changed.
    """
    night = BillingNight.objects.exclude(finished_at=None).order_by("-day").first()
    if night is None:
        return 0
    found = findings(today=night.day)
    named = list(islice(found, NAMED))
    number = len(named) + sum(1 for _more in found)
    operator = Reseller.objects.filter(parent=None).first()
    if named and operator is not None:
        logger.error("the books of %s do not agree: %s findings, %s", night.day, number, named[0])
        context = {"day": night.day, "number": number, "named": _each_in_words(named)}
        announce("books_do_not_agree", reseller=operator, key=f"{night.day}", context=context)
    return number


def _in_words(found: Sequence[Finding]) -> str:
    return "\n".join(str(one) for one in found)


# Everybody reads them in the own language.
_each_in_words = lazy(_in_words, str)
