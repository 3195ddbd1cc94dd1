"""What was used is written down and charged: unit-hours of a resource, told by a vendor's plugin or a simulation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from billing.charging import record
from billing.engine.periods import next_billing_day
from billing.engine.rules import Metered, Used
from billing.models import Usage
from core.errors import Refusals, Refused
from subscriptions.contract.terms import Contract, contract_of
from subscriptions.models import Subscription, SubscriptionStatus
from subscriptions.night.renewals import renew_accounts

DECIMALS = 6
LONGEST_KEY = 120
# Nothing is there yet that could be used, or nothing any more.
NOT_THERE = {
    SubscriptionStatus.ORDERED,
    SubscriptionStatus.INSTALLING,
    SubscriptionStatus.INSTALLATION_FAILED,
    SubscriptionStatus.DELETED,
}


class UsageRefused(Refused):
    """What is told to have been used cannot be charged; `field` names what is wrong."""

    code = "usage_refused"


@dataclass(frozen=True, slots=True)
class Measured:
    """Unit-hours that were used of a resource, by the template's key of it, on a day in the operator's time zone.

    `key` tells it from all others of that resource: what is told again under it is passed over.
    """

    resource: str
    quantity: Decimal
    day: date
    key: str


@transaction.atomic
def record_usage(*, subscription: Subscription, measured: Sequence[Measured], today: date) -> int:
    """Write down and charge what was used; return how much of it was told for the first time.

    Locks the account and carries its due days out first. A day before the subscription began, or after today, is
    refused; what belongs to a period that is over counts in the present one. Tell many things at once: each call makes
    the charges of the period anew from their sums. Raises UsageRefused.
    """
    day = renew_accounts(account_ids=[subscription.account_id], today=today).days[subscription.account_id]
    related = ("account__account_class", "account__reseller", "plan__template__connection", "plan__service_term")
    contract = contract_of(Subscription.objects.select_related(*related, "period").get(pk=subscription.pk))
    rules = contract.rules
    if not isinstance(rules, Metered):
        raise UsageRefused(_("The subscription is not charged by what is used."), field="subscription")
    if contract.subscription.status in NOT_THERE:
        raise UsageRefused(
            _("The subscription is “%(status)s”: nothing of it can be used.")
            % {"status": contract.subscription.get_status_display()},
            field="subscription",
        )
    used = _checked(contract, measured, day)
    told = set(
        Usage.objects.filter(subscription=contract.subscription, key__in=[one.key for one in measured]).values_list(
            "subscription_resource", "key"
        )
    )
    fresh = {at: one for at, one in used.items() if (int(one.resource), at[1]) not in told}
    if fresh:
        changes = rules.use(contract.terms, contract.lines, list(fresh.values()), day)
        _write_down(contract, fresh, next_billing_day(day, contract.subscription.billing_day))
        record([contract.booking(changes, day)])
    return len(fresh)


def _checked(contract: Contract, measured: Sequence[Measured], today: date) -> dict[tuple[str, str], Used]:
    """Return what was used, by the engine's key of the resource and its own. Raises UsageRefused, all at once."""
    keys = {
        row.plan_resource.resource.key: str(row.pk)
        for row in contract.subscription.resources.select_related("plan_resource__resource")
    }
    started = contract.subscription.start_date or today
    used: dict[tuple[str, str], Used] = {}
    refusals = Refusals()
    for at, one in enumerate(measured):
        with refusals.gathered():
            _check(one, f"measured[{at}]", keys, started, today)
            used.setdefault((keys[one.resource], one.key), Used(keys[one.resource], one.quantity, one.day))
    refusals.raise_any()
    return used


def _check(one: Measured, path: str, keys: dict[str, str], started: date, today: date) -> None:
    if one.resource not in keys:
        raise UsageRefused(
            _("The subscription has no resource “%(key)s”.") % {"key": one.resource}, field=f"{path}.resource"
        )
    if not one.quantity.is_finite() or one.quantity <= 0 or one.quantity != round(one.quantity, DECIMALS):
        raise UsageRefused(
            _("A quantity is more than zero, with at most %(decimals)s decimals.") % {"decimals": DECIMALS},
            field=f"{path}.quantity",
        )
    if not started <= one.day <= today:
        raise UsageRefused(_("The day lies before the subscription began, or has not come yet."), field=f"{path}.day")
    if not 0 < len(one.key) <= LONGEST_KEY:
        raise UsageRefused(_("A key has from 1 to %(most)s characters.") % {"most": LONGEST_KEY}, field=f"{path}.key")


def _write_down(contract: Contract, fresh: dict[tuple[str, str], Used], counted_to: date) -> None:
    Usage.objects.bulk_create(
        Usage(
            subscription=contract.subscription,
            subscription_resource_id=int(one.resource),
            key=key,
            quantity=one.quantity,
            day=one.day,
            unit_price=contract.terms.unit_price(one.resource, one.day),
            counted_to=counted_to,
        )
        for (_resource, key), one in fresh.items()
    )
