"""How every verb of people begins: may they, do they see it; the account is locked, and the night comes first."""

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Account, AccountStatus
from billing.holds import standing_of
from billing.queries import require_sight
from core.errors import Refused, Remedy
from core.panel.formats import day_text, money_text
from core.prepared import Asked, Prepared
from subscriptions.contract.handover import STATE_FIELDS, WORK_FAILED, WORK_MEANWHILE
from subscriptions.contract.held import note_units
from subscriptions.contract.terms import WHOLE, Contract, contract_of
from subscriptions.models import Subscription, SubscriptionStatus, TakesEffect
from subscriptions.night.renewals import renew_accounts


class VendorIsWorking(Refused):
    """The vendor has not finished the last step yet."""

    code = "vendor_is_working"


class VendorRefused(Refused):
    """The last step failed at the vendor; it has to be tried again or cancelled first."""

    code = "vendor_refused"


class NotInThisStatus(Refused):
    """The subscription's status does not allow the step."""

    code = "not_in_this_status"


class OrderWaits(Refused):
    """An earlier order of the subscription waits for its payment, or for its term."""

    code = "order_waits"


class AccountOnHold(Refused):
    """Nothing is changed, activated or carried out while the account is on hold."""

    code = "account_on_hold"


def open_account(*, actor: Actor, account_id: int, right: str, today: date) -> tuple[Account, date]:
    """Lock the account for the rest of the transaction and carry out what the night has left to do on it.

    Returns it with the day to act on, which is `today` or a later one of its books (decision 31): a verb uses no other.
    Raises Forbidden where the actor lacks the right or does not see the account.
    """
    actor.require(right)
    require_sight(actor, account_id)
    day = renew_accounts(account_ids=[account_id], today=today).days[account_id]
    (account,) = _ACCOUNT(pk=account_id)
    return account, day


_ACCOUNT = Prepared(
    lambda: Account.objects.select_related("account_class", "account_type", "reseller").filter(pk=Asked("pk"))
)


def open_contract(*, actor: Actor, subscription: Subscription, right: str, today: date) -> tuple[Contract, date]:
    """Lock the subscription's account, bring it up to date; return the subscription as it then stands, and the day.

    The day is that of `open_account`.
    """
    _account, day = open_account(actor=actor, account_id=subscription.account_id, right=right, today=today)
    rows = _SUBSCRIPTION(pk=subscription.pk)
    if not rows:
        raise Subscription.DoesNotExist(subscription.pk)
    return contract_of(rows[0]), day


_SUBSCRIPTION = Prepared(lambda: Subscription.objects.select_related(*WHOLE).filter(pk=Asked("pk")))


def refuse_held(account: Account, today: date) -> None:
    """Do nothing where the account is Active, else refuse with a sentence that says how its hold is left."""
    if account.status == AccountStatus.ACTIVE:
        return
    if account.status == AccountStatus.CREDIT_HOLD:
        to_pay = standing_of(account).to_pay(today)
        raise AccountOnHold(
            _("The account is on credit hold. Top up the balance by %(amount)s to leave it.")
            % {"amount": money_text(to_pay, account.currency)},
            remedy=Remedy("top_up", account.pk, f"{to_pay.normalize():f}"),
        )
    raise AccountOnHold(
        _("The account is “%(status)s”: ask your manager to release it first.")
        % {"status": account.get_status_display()},
        remedy=Remedy("release", account.pk),
    )


def require_status(contract: Contract, allowed: Collection[SubscriptionStatus], remedy: object) -> None:
    """Do nothing where the subscription has one of these statuses, else refuse with a sentence that says what to do."""
    subscription = contract.subscription
    if subscription.status in allowed:
        return
    status = subscription.get_status_display()
    waiting = contract.waiting
    telling = waiting is not None and waiting.takes_effect == TakesEffect.END_OF_TERM
    if waiting is not None and waiting.is_pending and not telling and subscription.status in WORK_MEANWHILE:
        raise VendorIsWorking(
            _("A change that the vendor was told of takes effect on %(day)s. Until then nothing else can be done.")
            % {"day": day_text(waiting.effective_on)}
        )
    if subscription.status in WORK_MEANWHILE:
        raise VendorIsWorking(
            _("The vendor is still working on this subscription (%(status)s). Try again in a few minutes.")
            % {"status": status}
        )
    if subscription.status in WORK_FAILED:
        raise VendorRefused(
            _("The last step failed at the vendor (%(status)s). Try it again or cancel it first.") % {"status": status},
            remedy=Remedy("subscription", subscription.pk),
        )
    raise NotInThisStatus(
        _("The subscription is “%(status)s”. %(remedy)s") % {"status": status, "remedy": remedy},
        code=_code(subscription),
    )


def save_state(contract: Contract, day: date) -> None:
    """Save what a step changed of the subscription's life, and the units that are in service from `day` on."""
    contract.subscription.save(update_fields=STATE_FIELDS)
    note_units([contract], day)


def _code(subscription: Subscription) -> str:
    return f"subscription_is_{subscription.status}"
