"""Guaranteed payments: money that stands on a balance before it has come, for so many days.

It is taken from the balance again by a manager, on the day it expires, or when money of at least its size has come.
"""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Account, AccountStatus, User
from billing.amounts import check_amount
from billing.books import day_of
from billing.descriptions import operators_language_in_use
from billing.funds import Posting, lock_accounts, post
from billing.models import GuaranteedPayment, GuaranteeStatus, PostingKind, RevokeReason
from billing.queries import require_sight
from billing.signals import balance_moved, books_opening
from core.cleaning import shortened
from core.errors import Refused
from core.period import LONGEST_TIMER


class GuaranteeIsRevoked(Refused):
    """The guaranteed payment was revoked before."""

    code = "guarantee_is_revoked"


class NoGuaranteeHere(Refused):
    """A deleted account is given no credit."""

    code = "account_is_deleted"


class NotADayToExpire(Refused):
    """The credit would end before it begins, or never."""

    code = "not_a_day_to_expire"
    field = "expires_on"


@transaction.atomic
def give_guarantee(
    *, actor: Actor, account: Account, amount: Decimal, expires_on: date, reason: str, today: date
) -> GuaranteedPayment:
    """Put `amount` on the balance until `expires_on`, the first day without it, in the account's currency.

    Raises Forbidden, NotAnAmount, NotADayToExpire, NoGuaranteeHere.
    """
    actor.require("guarantees.create")
    require_sight(actor, account.pk)
    check_amount(amount, account.currency)
    books_opening.send(sender=GuaranteedPayment, account_ids=[account.pk], today=today)
    (account,) = lock_accounts([account.pk])
    if account.status == AccountStatus.DELETED:
        raise NoGuaranteeHere(_("The account is deleted: it is given no credit."))
    day = day_of(account.pk, today)
    if not 0 < (expires_on - day).days <= LONGEST_TIMER:
        raise NotADayToExpire(_("Choose a day after today, at most ten years from now."))
    given = GuaranteedPayment.objects.create(
        account=account,
        reseller_id=account.reseller_id,
        amount=amount,
        currency=account.currency,
        reason=reason,
        opened_on=day,
        expires_on=expires_on,
        created_by=actor.person,
    )
    with operators_language_in_use():
        said = gettext("Guaranteed payment %(number)s") % {"number": given.number}
    post([_posting(given, PostingKind.GUARANTEED, given.amount, day, said)])
    balance_moved.send(sender=GuaranteedPayment, account_id=account.pk, today=day)
    return given


@transaction.atomic
def revoke_guarantee(*, actor: Actor, guarantee: GuaranteedPayment, today: date) -> GuaranteedPayment:
    """Take a guaranteed payment from the balance before its time. Raises Forbidden, GuaranteeIsRevoked."""
    actor.require("guarantees.create")
    require_sight(actor, guarantee.account_id)
    books_opening.send(sender=GuaranteedPayment, account_ids=[guarantee.account_id], today=today)
    lock_accounts([guarantee.account_id])
    found = GuaranteedPayment.objects.select_for_update(of=("self",)).get(pk=guarantee.pk)
    may_revoke(found)
    day = day_of(found.account_id, today)
    _revoke([found], RevokeReason.BY_HAND, day, actor.person)
    balance_moved.send(sender=GuaranteedPayment, account_id=found.account_id, today=day)
    return found


def may_revoke(guarantee: GuaranteedPayment) -> None:
    """Raise GuaranteeIsRevoked where it was revoked before."""
    if guarantee.status == GuaranteeStatus.REVOKED:
        raise GuaranteeIsRevoked(_("Guaranteed payment %(number)s was revoked before.") % {"number": guarantee.number})


def to_expire(today: date) -> QuerySet[GuaranteedPayment]:
    """Return the guaranteed payments whose days are over on `today`."""
    return GuaranteedPayment.objects.filter(status=GuaranteeStatus.PROVIDED, expires_on__lte=today)


def expire(account_ids: Collection[int], day: date) -> set[int]:
    """Take from the balances what expires by `day`; return the ids of the accounts. The accounts are locked.

    A fixed number of statements, however many.
    """
    over = list(to_expire(day).filter(account__in=account_ids).order_by("account", "pk"))
    _revoke(over, RevokeReason.EXPIRED, day, None)
    return {guarantee.account_id for guarantee in over}


def repaid(account_id: int, amount: Decimal, day: date) -> None:
    """End the guaranteed payments that money of `amount` has come for, the oldest first, each as a whole.

    The account is locked by the caller.
    """
    standing = GuaranteedPayment.objects.filter(account=account_id, status=GuaranteeStatus.PROVIDED).order_by("pk")
    covered, left = [], amount
    for guarantee in standing:
        if guarantee.amount <= left:
            left -= guarantee.amount
            covered.append(guarantee)
    _revoke(covered, RevokeReason.TOPPED_UP, day, None)


def _revoke(guarantees: Iterable[GuaranteedPayment], why: RevokeReason, day: date, by: User | None) -> None:
    guarantees = list(guarantees)
    if not guarantees:
        return
    with operators_language_in_use():
        text = gettext("Guaranteed payment %(number)s revoked: %(reason)s")
        said = [text % {"number": one.number, "reason": why.label} for one in guarantees]
    post(
        [
            _posting(one, PostingKind.GUARANTEE_REVOKED, -one.amount, day, words)
            for one, words in zip(guarantees, said, strict=True)
        ]
    )
    GuaranteedPayment.objects.filter(pk__in=[one.pk for one in guarantees]).update(
        status=GuaranteeStatus.REVOKED, revoked_on=day, revoke_reason=why, revoked_by=by
    )
    for one in guarantees:
        one.status, one.revoked_on, one.revoke_reason, one.revoked_by = GuaranteeStatus.REVOKED, day, why, by


def _posting(guarantee: GuaranteedPayment, kind: PostingKind, amount: Decimal, day: date, text: str) -> Posting:
    return Posting(
        key=f"{kind}:{guarantee.pk}",
        kind=kind,
        account_id=guarantee.account_id,
        amount=amount,
        currency=guarantee.currency,
        day=day,
        description=shortened(text, 300),
    )
