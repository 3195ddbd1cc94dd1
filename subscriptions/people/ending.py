"""Choosing what comes after the term that a vendor binds us to: it renews, ends, or goes on by the month."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from billing.queries import require_sight
from core.errors import Refused
from core.panel.formats import day_text
from subscriptions.contract.ends import is_bound, running_terms, wanted_end
from subscriptions.contract.handover import service_as_held
from subscriptions.contract.terms import Contract
from subscriptions.models import Subscription, SubscriptionStatus
from subscriptions.people.arranging import set_end
from subscriptions.people.opening import open_contract, refuse_held, require_status
from vendors import questions
from vendors.commitments import AtEnd, Commitment, State, bound_until
from vendors.questions import GoneAtVendor

NO_TERM = _("The vendor holds no term of this subscription that ends.")


class NothingBinds(Refused):
    """The vendor behind the plan sells for no terms of its own, or nothing of them is left."""

    code = "nothing_binds"


class ChosenAlready(Refused):
    """What was chosen for the end of the term is what is arranged."""

    code = "chosen_already"
    field = "at_end"


class TermIsOver(Refused):
    """The vendor is renewing or ending the term in these hours."""

    code = "term_is_over"


def ask_vendor_of_end(*, actor: Actor, subscription: Subscription, now: datetime, **_rest: object) -> dict[str, Any]:
    """Return what `choose_end` is to be told: `term_ends_on`, the first day after the vendor's term.

    It may take seconds, so nothing should be locked meanwhile. Raises Forbidden, NothingBinds, VendorUnavailable.
    """
    actor.require("subscriptions.change")
    require_sight(actor, subscription.account_id)
    held = _held(subscription, now)
    days = [one.ends_on for one in held if one.state is State.ACTIVE and one.ends_on is not None]
    if not days:
        raise NothingBinds(NO_TERM)
    return {"term_ends_on": max(days)}


def ask_vendor_of_deletion(
    *, actor: Actor, subscription: Subscription, now: datetime, **_rest: object
) -> dict[str, Any]:
    """Return what `delete` is to be told: `ends_on`, where the vendor gives nothing back any more; None where it does.

    Raises Forbidden, VendorUnavailable.
    """
    actor.require("subscriptions.delete")
    require_sight(actor, subscription.account_id)
    try:
        return {"ends_on": bound_until(_held(subscription, now), now)}
    except GoneAtVendor:
        return {"ends_on": None}


def _held(subscription: Subscription, now: datetime) -> Sequence[Commitment]:
    """Return what the vendor holds now of a running subscription; nothing where it binds nobody."""
    connection = subscription.plan.template.connection
    runs = subscription.status == SubscriptionStatus.ACTIVE and bool(subscription.vendor_ids)
    if connection is None or not runs or not is_bound(subscription):
        return ()
    questions.may_ask(connection)
    return questions.commitments(connection, service=service_as_held(subscription), now=now)


@transaction.atomic
def choose_end(
    *, actor: Actor, subscription: Subscription, at_end: AtEnd, term_ends_on: date, today: date
) -> Subscription:
    """Choose what comes after the vendor's term, which ends with the day before `term_ends_on`, as the vendor told.

    What ends is there, and charged, until then. Raises Forbidden, NothingBinds, AccountOnHold, NotInThisStatus,
    ChosenAlready, TermIsOver.
    """
    contract, today = open_contract(actor=actor, subscription=subscription, right="subscriptions.change", today=today)
    may_choose_end(contract, today)
    if term_ends_on <= today:
        raise TermIsOver(_("The vendor is ending its term in these hours. Choose tomorrow, for the next one."))
    row, wanted = contract.subscription, wanted_end(contract.subscription)
    if wanted is not None and wanted.at_end is at_end and row.at_end:
        raise ChosenAlready(_("It is arranged so already, for %(day)s.") % {"day": day_text(term_ends_on)})
    set_end(contract, at_end, term_ends_on, today, actor)
    return row


def may_choose_end(contract: Contract, today: date) -> None:
    """Raise NothingBinds, AccountOnHold, NotInThisStatus, VendorUnavailable where nothing can be chosen now."""
    row = contract.subscription
    if not is_bound(row) or not row.vendor_ids:
        raise NothingBinds(_("No vendor binds this subscription for a term."))
    refuse_held(row.account, today)
    require_status(
        contract, {SubscriptionStatus.ACTIVE}, _("What comes after the term is chosen while a subscription is Active.")
    )
    if not running_terms(row).exists():
        raise NothingBinds(NO_TERM)
    questions.may_ask(row.plan.template.connection)
