"""What a confirmation of a proposal says, in both panels: what becomes of each line, today's sum, each month's."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from billing.models import Charge, ChargeSource, ChargeStatus
from core.panel.formats import day_text, money_text
from core.panel.shown import Line, Shown
from subscriptions.models import Discount, Order, TakesEffect
from subscriptions.told.preview import Preview
from subscriptions.told.proposals import Proposal

TO_PAY = pgettext_lazy("charge", "to be paid")
LATER = pgettext_lazy("charge", "on its billing day")
RESERVED = pgettext_lazy("charge", "reserved")
WRITTEN_OFF = pgettext_lazy("charge", "written off: days used")
CHARGED = pgettext_lazy("charge", "written off")
RELEASED = pgettext_lazy("charge", "released")
GIVEN_BACK = pgettext_lazy("charge", "given back")
GIVEN_BACK_LATER = pgettext_lazy("charge", "given back once the vendor confirms")
DROPPED = pgettext_lazy("charge", "no longer charged")
STAYS = pgettext_lazy("charge", "stays reserved")
STAYS_LATER = pgettext_lazy("charge", "stays, on its billing day")
STAYS_UNPAID = pgettext_lazy("charge", "stays, to be paid")
STAYS_STOPPED = pgettext_lazy("charge", "only if it is activated again")
STAYS_WAITING = pgettext_lazy("charge", "stays, waits for the vendor")
OWED = pgettext_lazy("charge", "owed, on an invoice to come")
OWED_USED = pgettext_lazy("charge", "owed: days used")
OWED_NO_MORE = pgettext_lazy("charge", "not owed any more")
STAYS_OWED = pgettext_lazy("charge", "stays owed")
_EFFECTS = {
    ChargeStatus.BLOCKED: RESERVED,
    ChargeStatus.CLOSED: WRITTEN_OFF,
    ChargeStatus.WAITING_FOR_REFUND: GIVEN_BACK_LATER,
    ChargeStatus.REFUNDED: GIVEN_BACK,
}
_STAYING = {
    ChargeStatus.NEW: STAYS_UNPAID,
    ChargeStatus.OPENED: STAYS_LATER,
    ChargeStatus.BLOCKED: STAYS,
    ChargeStatus.WAITING_FOR_REFUND: STAYS_WAITING,
}


def shown_of(proposal: Proposal, *, currency: str, today: date, paid_from_balance: bool = False) -> Shown:
    """Return what a confirmation says of a proposal, or, where it was kept, what the deed did: in the same words.

    `paid_from_balance`: what is due is thought of as paid, so that what is available afterwards is what is left then.
    """
    seen = proposal.preview
    left = seen.after.available - (seen.due if paid_from_balance else 0)
    return shown_of_books(
        seen,
        question=proposal.question,
        submit=proposal.submit,
        currency=currency,
        today=today,
        left=left if left >= 0 or not paid_from_balance else None,
    )


def shown_of_books(
    seen: Preview, *, question: object, submit: object, currency: str, today: date, left: Decimal | None
) -> Shown:
    """Return a confirmation of what happens to the books: `left` is available afterwards, where that can be said."""
    released = seen.after.available - seen.before.available
    upkeep, owing = seen.upkeep, seen.owing
    if owing is not None:
        released, left = -seen.reserved, None
    return Shown(
        question=question,
        submit=submit,
        charges=(*seen.added, *seen.moved),
        lines=tuple(lines_of(seen, today)),
        currency=currency,
        total=seen.due or None,
        tax=(seen.tax or seen.tax_taken) or None,
        reserved=seen.reserved if seen.reserved > 0 else None,
        released=released if released > 0 and (owing or not (seen.payments or _came_in(seen))) else None,
        waits_for_vendor=seen.waits_for_vendor or None,
        balance_after=left,
        monthly=upkeep.amount if upkeep else None,
        monthly_from=upkeep.day if upkeep else None,
        monthly_until=upkeep.until if upkeep else None,
        day=today,
        owed=owing.debt if owing else None,
        owed_at_most=owing.limit if owing else None,
        invoiced_on=owing.invoiced_on if owing else None,
        text="\n".join(filter(None, (_taken_off(seen, currency), _confirmed(seen)))),
    )


def _confirmed(seen: Preview) -> str:
    """Return what a postpay step that adds to the debt means; nothing where it adds none."""
    if seen.owing is None or seen.reserved <= 0:
        return ""
    return _(
        "Nothing is to be paid now: it is confirmed within the credit limit. What is owed is invoiced the day after "
        "its billing day, next on %(day)s."
    ) % {"day": day_text(seen.owing.invoiced_on)}


def _taken_off(seen: Preview, currency: str) -> str:
    """Return what discounts take off the order that the verb has made; nothing where none does."""
    order = seen.result
    if not isinstance(order, Order) or not order.discount:
        return ""
    by = {charge.discounted_by_id for charge in seen.added if charge.discount}
    names = Discount.objects.filter(pk__in=by - {None}).order_by("name").values_list("name", flat=True)
    return _("The discount “%(name)s” takes off %(amount)s; the amounts are without it.") % {
        "name": ", ".join(names),
        "amount": money_text(order.discount, currency),
    }


def _came_in(seen: Preview) -> bool:
    return any(entry.amount > 0 for entry in seen.transactions)


def lines_of(seen: Preview, today: date) -> Iterable[Line]:
    """Yield the charges in the order of their days, each with what becomes of it.

    A charge that was split, or whose place another takes, is not shown beside its parts.
    """
    replaced = {charge.parent_id for charge in seen.added}
    shown = [charge for charge in (*seen.added, *seen.moved) if charge.pk not in replaced]
    changing = [Line(charge, _effect(charge, seen, today), charge.amount) for charge in shown]
    staying = [Line(charge, _staying(charge, seen), charge.amount) for charge in seen.staying]
    yield from sorted((*changing, *staying), key=lambda line: (line.charge.operate_from, line.charge.pk))


def _effect(charge: Charge, seen: Preview, today: date) -> Promise:
    if charge.status == ChargeStatus.NEW:
        return TO_PAY if charge.operate_from <= _due_until(seen, today) else LATER
    if charge.status == ChargeStatus.BLOCKED and seen.owing is not None:
        return OWED_USED if charge.source == ChargeSource.USED_PART else OWED
    if charge.status == ChargeStatus.OPENED:
        released = OWED_NO_MORE if seen.owing else RELEASED
        return released if charge.source == ChargeSource.REMAINDER else LATER
    if charge.status == ChargeStatus.CLOSED and charge.source != ChargeSource.USED_PART:
        return CHARGED  # a fee, a month in full, what was used
    if charge.status == ChargeStatus.DELETED:
        reserved = seen.statuses_before.get(charge.pk) == ChargeStatus.BLOCKED
        return (OWED_NO_MORE if seen.owing else RELEASED) if reserved else DROPPED
    return _EFFECTS[ChargeStatus(charge.status)]


def _due_until(seen: Preview, today: date) -> date:
    """Return up to which day what begins is due now: what the vendor does on the next day is paid before.

    Of a term that is reserved as a whole, all is.
    """
    order = seen.result
    if isinstance(order, Order) and order.subscription.rules.renews_ahead:
        return date.max
    next_day = isinstance(order, Order) and order.takes_effect == TakesEffect.NEXT_DAY
    return today + timedelta(days=1) if next_day else today


def _staying(charge: Charge, seen: Preview) -> Promise:
    if charge.status == ChargeStatus.OPENED and not (seen.upkeep and seen.upkeep.lines):
        return STAYS_STOPPED
    if charge.status == ChargeStatus.BLOCKED and seen.owing is not None:
        return STAYS_OWED
    return _STAYING[ChargeStatus(charge.status)]
