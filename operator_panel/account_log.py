"""The log of an account: itself, its people, orders, payments and subscriptions, letters and sign-ins, in one order."""

from django.utils.translation import gettext as _

from accounts.models import Account, AccountMembership
from accounts.signed_in import sign_ins_of, visits_of
from billing.models import Correction, GuaranteedPayment, Payment
from core.history import Entry, Source, happened
from notifications.queries import letters_about
from operator_panel.log_words import ACCOUNT, CORRECTION, GUARANTEE, ORDER, PAYMENT, PERSON, SUBSCRIPTION, cause_of
from subscriptions.models import Order, Subscription

A_PAGE = 50
# Nobody turns more pages of a log; whoever looks for one object opens the log of that object.
LAST_PAGE = 100


def log_of(account: Account, page: int) -> tuple[list[Entry], bool]:
    """Return one page of the account's log, newest first, and whether older pages follow.

    A fixed number of statements, whatever has happened: each source is asked for no more than what the page needs.
    """
    upto = page * A_PAGE + 1
    sources = (
        Source(Account, {"pgh_obj_id": account.pk}, ACCOUNT),
        Source(AccountMembership, {"account_id": account.pk}, PERSON, related=("user",)),
        Source(Order, {"account_id": account.pk}, ORDER, related=("pgh_obj",)),
        Source(Payment, {"account_id": account.pk}, PAYMENT, related=("pgh_obj",)),
        Source(Correction, {"account_id": account.pk}, CORRECTION, related=("pgh_obj",)),
        Source(GuaranteedPayment, {"account_id": account.pk}, GUARANTEE, related=("pgh_obj",)),
        Source(Subscription, {"account_id": account.pk}, SUBSCRIPTION),
    )
    entries = [*happened(sources, upto=upto, causes=cause_of), *_letters(account, upto), *_sign_ins(account, upto)]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    shown = entries[(page - 1) * A_PAGE : page * A_PAGE]
    return shown, len(entries) > page * A_PAGE and page < LAST_PAGE


def _letters(account: Account, upto: int) -> list[Entry]:
    return [
        Entry(
            at=letter.created_at,
            title=_("A letter was written to %(email)s: “%(subject)s”.")
            % {"email": letter.email, "subject": letter.subject},
            text=str(letter.get_status_display()),
            who="",
        )
        for letter in letters_about(account)[:upto]
    ]


def _sign_ins(account: Account, upto: int) -> list[Entry]:
    signed = [
        Entry(
            at=one.attempt_time,
            title=_("%(person)s signed in.") % {"person": one.username},
            text=_("From the address %(address)s") % {"address": one.ip_address} if one.ip_address else "",
            who="",
        )
        for one in sign_ins_of(account)[:upto]
    ]
    visits = [
        Entry(
            at=visit.started_at,
            title=_("%(manager)s signed in as %(person)s.") % {"manager": visit.manager, "person": visit.user},
            text=_("From the address %(address)s") % {"address": visit.ip_address} if visit.ip_address else "",
            who=str(visit.manager),
        )
        for visit in visits_of(account)[:upto]
    ]
    return signed + visits
