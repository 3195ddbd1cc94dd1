"""Corrections: a manager's adjustment of a balance, asked for by one and approved by another."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Account, AccountStatus
from billing.amounts import NotAnAmount, check_amount
from billing.books import day_of
from billing.crediting import credit_some, left_to_give_back
from billing.descriptions import operators_language_in_use
from billing.funds import Posting, lock_accounts, post
from billing.models import Correction, CorrectionStatus, PostingKind
from billing.queries import require_sight
from billing.signals import balance_moved, books_opening
from core.cleaning import shortened
from core.errors import Refused
from core.panel.formats import money_text


class CorrectionIsClosed(Refused):
    """The correction was approved or declined before."""

    code = "correction_is_closed"


class ApprovedByAnother(Refused):
    """Nobody approves a correction of their own."""

    code = "approved_by_another"


class NoCorrectionHere(Refused):
    """The balance of a deleted account is not corrected."""

    code = "account_is_deleted"


class CannotGiveBack(Refused):
    """So much of that charge cannot be given back."""

    code = "cannot_give_back"
    field = "charge"


@transaction.atomic
def ask_correction(
    *, actor: Actor, account: Account, amount: Decimal, reason: str, today: date, charge_id: int | None = None
) -> Correction:
    """Ask for a correction of the balance by `amount`, signed, in the account's currency; nothing moves yet.

    One that gives back some of a charge that was invoiced names it: taxes that were added to `amount` there go back
    with it, on a credit note. Raises Forbidden, NotAnAmount, NoCorrectionHere, CannotGiveBack.
    """
    actor.require("corrections.create")
    require_sight(actor, account.pk)
    if not amount:
        raise NotAnAmount(_("The amount must be more or less than zero."))
    check_amount(abs(amount), account.currency)
    _refuse_deleted(account)
    if charge_id is not None:
        _refuse_more_than_left(account, amount, charge_id)
    return Correction.objects.create(
        account=account,
        reseller_id=account.reseller_id,
        amount=amount,
        currency=account.currency,
        reason=reason,
        charge_id=charge_id,
        opened_on=day_of(account.pk, today),
        created_by=actor.person,
    )


@transaction.atomic
def approve_correction(*, actor: Actor, correction: Correction, today: date) -> Correction:
    """Put the correction on the balance on `today`, or on the later day of the account's books (decision 31).

    What it gives back of an invoiced charge stands on a credit note, and its added tax goes back with it. Raises
    Forbidden, CorrectionIsClosed, ApprovedByAnother, NoCorrectionHere, CannotGiveBack.
    """
    found, day = _opened(actor, correction, today, may_approve)
    with operators_language_in_use():
        said = gettext("Correction %(number)s: %(reason)s") % {"number": found.number, "reason": found.reason}
    post(
        [
            Posting(
                key=f"correction:{found.pk}",
                kind=PostingKind.CORRECTION,
                account_id=found.account_id,
                amount=found.amount,
                currency=found.currency,
                day=day,
                description=shortened(said, 300),
            )
        ]
    )
    _decided(found, CorrectionStatus.APPROVED, actor, day)
    if found.charge_id is not None:
        credit_some(found, day=day)
    balance_moved.send(sender=Correction, account_id=found.account_id, today=day)
    return found


@transaction.atomic
def decline_correction(*, actor: Actor, correction: Correction, today: date) -> Correction:
    """Decline a correction; its own author may, too. Nothing moves. Raises Forbidden, CorrectionIsClosed."""
    found, day = _opened(actor, correction, today, lambda _actor, row: _refuse_closed(row))
    return _decided(found, CorrectionStatus.DECLINED, actor, day)


def may_approve(actor: Actor, correction: Correction) -> None:
    """Do nothing where the actor may approve it now.

    Raises CorrectionIsClosed, ApprovedByAnother, NoCorrectionHere, CannotGiveBack.
    """
    _refuse_closed(correction)
    if actor.person is not None and actor.person.pk == correction.created_by_id:
        raise ApprovedByAnother(_("You asked for this correction yourself: somebody else has to approve it."))
    _refuse_deleted(correction.account)
    if correction.charge_id is not None:
        _refuse_more_than_left(correction.account, correction.amount, correction.charge_id)


def _opened(
    actor: Actor, correction: Correction, today: date, check: Callable[[Actor, Correction], None]
) -> tuple[Correction, date]:
    """Return the correction, its account locked and brought up to date, and the day to act on."""
    actor.require("corrections.approve")
    require_sight(actor, correction.account_id)
    books_opening.send(sender=Correction, account_ids=[correction.account_id], today=today)
    lock_accounts([correction.account_id])
    rows = Correction.objects.select_for_update(of=("self",)).select_related("account")
    found = rows.get(pk=correction.pk)
    check(actor, found)
    return found, day_of(found.account_id, today)


def _decided(correction: Correction, status: CorrectionStatus, actor: Actor, day: date) -> Correction:
    correction.status, correction.closed_on, correction.decided_by = status, day, actor.person
    correction.save(update_fields=["status", "closed_on", "decided_by"])
    return correction


def _refuse_closed(correction: Correction) -> None:
    if correction.status != CorrectionStatus.APPROVAL_REQUIRED:
        raise CorrectionIsClosed(
            _("Correction %(number)s is “%(status)s” already.")
            % {"number": correction.number, "status": correction.get_status_display()}
        )


def _refuse_more_than_left(account: Account, amount: Decimal, charge_id: int) -> None:
    left = left_to_give_back(account.pk, charge_id)
    if left is None:
        raise CannotGiveBack(
            _("No invoice of the account has charge %(charge)s, or its order is not carried out yet. Name a charge on "
              "an invoice, or none.") % {"charge": charge_id}
        )  # fmt: skip
    if not 0 < amount <= left:
        raise CannotGiveBack(
            _("Of this charge %(left)s are left to give back, without added taxes: enter more than zero and no more "
              "than that.") % {"left": money_text(left, account.currency)},
            field="amount",
        )  # fmt: skip


def _refuse_deleted(account: Account) -> None:
    if account.status == AccountStatus.DELETED:
        raise NoCorrectionHere(_("The account is deleted: its balance stays as it is."))
