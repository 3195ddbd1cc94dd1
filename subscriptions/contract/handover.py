"""What the vendor is asked to do: the operation that is planned for it, or nothing where a plan has no vendor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from billing.charging import settle_refunds
from core.errors import Refused
from subscriptions.contract.due import months_of, schedule
from subscriptions.contract.ends import wanted_end
from subscriptions.contract.held import note_units
from subscriptions.contract.parties import party
from subscriptions.contract.terms import Contract
from subscriptions.models import (
    BLOCKING,
    ApplicationTemplate,
    Order,
    OrderStatus,
    StopReason,
    Subscription,
    SubscriptionStatus,
)
from vendors import operations
from vendors.base import Term
from vendors.capabilities import RenewsTerms
from vendors.models import OperationAction, VendorOperation
from vendors.queries import operations_of
from vendors.registry import plugin_for, plugins
from vendors.resellers import reseller_told

# The columns that a step in a subscription's life may change.
STATE_FIELDS = (
    "status",
    "stop_reason",
    "stop_comment",
    "stopped_on",
    "start_date",
    "expiration_date",
    "term_anchor",
    "next_billing_day",
    "due_on",
    "quantity",
    "awaited_operation",
    "closings",
)

# How many of an account's services are looked at for its ids at the vendor.
NEWEST = 50

SAVE_STATES = """
    UPDATE subscriptions_subscription AS subscription
    SET status = carried.status, stop_reason = carried.stop_reason, stop_comment = carried.stop_comment,
        stopped_on = carried.stopped_on, start_date = carried.start_date,
        expiration_date = carried.expiration_date, term_anchor = carried.term_anchor,
        next_billing_day = carried.next_billing_day, due_on = carried.due_on, quantity = carried.quantity,
        awaited_operation = carried.awaited_operation, closings = carried.closings
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::date[], %s::date[], %s::date[], %s::date[],
                %s::date[], %s::date[], %s::int[], %s::text[], %s::int[])
        AS carried(id, status, stop_reason, stop_comment, stopped_on, start_date, expiration_date, term_anchor,
                   next_billing_day, due_on, quantity, awaited_operation, closings)
    WHERE subscription.id = carried.id
"""


class ResourceNotInTemplate(Refused):
    """The vendor cannot be asked for a resource that the application template no longer has."""

    code = "resource_not_in_template"


@dataclass(frozen=True, slots=True)
class Work:
    """A step in a subscription's life for which the vendor has to do something."""

    action: OperationAction
    meanwhile: SubscriptionStatus
    failed: SubscriptionStatus
    then: SubscriptionStatus


INSTALL = Work(
    OperationAction.PROVISION,
    SubscriptionStatus.INSTALLING,
    SubscriptionStatus.INSTALLATION_FAILED,
    SubscriptionStatus.ACTIVE,
)
UPDATE = Work(
    OperationAction.CHANGE,
    SubscriptionStatus.UPDATING,
    SubscriptionStatus.UPDATING_FAILED,
    SubscriptionStatus.ACTIVE,
)
STOP = Work(
    OperationAction.SUSPEND,
    SubscriptionStatus.STOPPING,
    SubscriptionStatus.STOPPING_FAILED,
    SubscriptionStatus.STOPPED,
)
ACTIVATE = Work(
    OperationAction.RESUME,
    SubscriptionStatus.ACTIVATING,
    SubscriptionStatus.ACTIVATING_FAILED,
    SubscriptionStatus.ACTIVE,
)
DELETE = Work(
    OperationAction.CANCEL,
    SubscriptionStatus.DELETING,
    SubscriptionStatus.DELETION_FAILED,
    SubscriptionStatus.DELETED,
)
RENEW = Work(
    OperationAction.RENEW,
    SubscriptionStatus.RENEWING,
    SubscriptionStatus.RENEWING_FAILED,
    SubscriptionStatus.ACTIVE,
)
# The same, where a vendor has to let a stopped service run again for it.
RENEW_STOPPED = Work(
    OperationAction.RESUME,
    SubscriptionStatus.RENEWING,
    SubscriptionStatus.RENEWING_FAILED,
    SubscriptionStatus.ACTIVE,
)
# What comes after the vendor's term; the subscription goes on as it is.
ARRANGE = Work(
    OperationAction.ARRANGE,
    SubscriptionStatus.UPDATING,
    SubscriptionStatus.UPDATING_FAILED,
    SubscriptionStatus.ACTIVE,
)
WORK_OF_ACTION = {work.action: work for work in (INSTALL, UPDATE, STOP, ACTIVATE, DELETE, RENEW)}
WORK_MEANWHILE = {work.meanwhile: work for work in WORK_OF_ACTION.values()}
WORK_FAILED = {work.failed: work for work in WORK_OF_ACTION.values()}


def hand_over(
    contract: Contract,
    work: Work,
    *,
    day: date,
    order: Order | None = None,
    quantities: Mapping[str, int] | None = None,
    asked_by: User | None = None,
    more: Mapping[str, Any] | None = None,
) -> VendorOperation | None:
    """Set the subscription on its way and plan the vendor's part of it; return that, or None where there is none.

    The caller saves STATE_FIELDS, and completes the order where there is no vendor. `quantities` are the units wanted
    by the template's resource keys, for UPDATE; `asked_by` is whose wish it is; `more` are further payload members.
    """
    subscription = contract.subscription
    then = status_after(subscription, work)
    if work is DELETE and contract.arranged is not None:
        give_up_arranged(contract, contract.arranged, day)
    schedule(subscription, contract.waiting, day, status=then)
    template = subscription.plan.template
    if not does(subscription, work.action):
        subscription.status = then
        subscription.awaited_operation = ""
        return None
    operation = operations.plan(
        template.connection,
        action=work.action,
        key=_key(subscription, work, day, order),
        subject=f"order:{order.pk}" if order is not None else f"subscription:{subscription.pk}",
        service=f"subscription:{subscription.pk}",
        payload=_payload(contract, work, template, quantities or {}) | dict(more or {}),
        now=start_of(day),
        asked_by=asked_by,
    )
    subscription.status = work.meanwhile
    subscription.awaited_operation = operation.key
    return operation


def give_up_arranged(contract: Contract, order: Order, day: date) -> None:
    """Cancel an order of fewer units for the vendor's next term, in the books; the caller has the vendor told."""
    order.status, order.closed_on = OrderStatus.CANCELLED, day
    order.save(update_fields=["status", "closed_on"])
    contract.arranged, contract.arranged_units = None, {}
    contract.subscription.lowers_on = None
    contract.subscription.save(update_fields=["lowers_on"])


def status_after(subscription: Subscription, work: Work) -> SubscriptionStatus:
    """Return the status that the step leads to; a stop for what is owed leads to Blocked."""
    return SubscriptionStatus.BLOCKED if work is STOP and subscription.stop_reason in BLOCKING else work.then


def does(subscription: Subscription, action: str) -> bool:
    """Return whether a vendor stands behind the plan and does such a thing; else our books alone change."""
    connection = subscription.plan.template.connection
    if connection is None:
        return False
    plugin = plugin_for(connection.plugin)
    if action == OperationAction.RENEW:
        return isinstance(plugin, RenewsTerms)
    support = plugin.support
    return support.suspend or action not in (OperationAction.SUSPEND, OperationAction.RESUME)


def waiting_operation(subscription: Subscription) -> VendorOperation | None:
    """Return the operation of a sale that waits for somebody to act; None where nothing waits."""
    if subscription.status != SubscriptionStatus.INSTALLING:
        return None
    operation = VendorOperation.objects.filter(key=subscription.awaited_operation).first()
    return operation if operation is not None and operation.waits_for is not None else None


def operation_in_doubt(subscription: Subscription) -> VendorOperation | None:
    """Return the operation that an operator has to look at: parked, or without an end for too long; None for none."""
    if subscription.status not in WORK_MEANWHILE:
        return None
    operation = VendorOperation.objects.filter(key=subscription.awaited_operation).first()
    return operation if operation is not None and operation.doubtful_since is not None else None


def save_states(contracts: Sequence[Contract], day: date) -> None:
    """Save where the subscriptions stand now, and the units that are in service from `day` on. One statement or two."""
    subscriptions = [contract.subscription for contract in contracts]
    columns = [[getattr(subscription, name) for subscription in subscriptions] for name in ("pk", *STATE_FIELDS)]
    with connection.cursor() as cursor:
        cursor.execute(SAVE_STATES, columns)
    note_units(contracts, day)


def stop_as_decided(contract: Contract, day: date) -> None:
    """Set on its way what the night has stopped while the vendor was changing its units (`Contract.stop_decided`).

    What has days of grace left works on as Graced. The caller saves STATE_FIELDS.
    """
    subscription = contract.subscription
    grace = timedelta(days=subscription.plan.service_term.grace_period)
    expires = subscription.expiration_date
    if subscription.stop_reason == StopReason.EXPIRED and expires is not None and day < expires + grace:
        subscription.stop_reason, subscription.stopped_on = "", None
        subscription.status, subscription.awaited_operation = SubscriptionStatus.GRACED, ""
        schedule(subscription, None, day, status=SubscriptionStatus.GRACED)
    else:
        hand_over(contract, STOP, day=day)


def complete(order: Order, day: date) -> None:
    """Complete an order that is carried out; what it gave back is refunded."""
    order.status, order.failure = OrderStatus.COMPLETED, ""
    order.provisioned_on = order.closed_on = day
    order.save(update_fields=["status", "failure", "provisioned_on", "closed_on"])
    settle_refunds(order.pk)


def start_of(day: date) -> datetime:
    """Return the first moment of a day in the operator's time zone: what is planned on it is due at once."""
    return timezone.make_aware(datetime.combine(day, time.min))


def order_payload(
    *,
    label: str,
    account: Account,
    template: ApplicationTemplate,
    quantities: Mapping[str, int],
    answers: Mapping,
    term: Term | None = None,
) -> dict[str, Any]:
    """Return what a vendor has to know to provision, as plain values (vendors.base.Order.from_payload)."""
    return {
        "label": label,
        "account": party(account),
        "resources": offers_of(template, quantities),
        "answers": dict(answers),
        "options": template.settings,
        "vendor_ids": _ids_of_account(account, template),
        "term": (term or Term()).payload,
        "reseller": reseller_told(account.reseller_id, template.connection),
    }


def service_payload(subscription: Subscription, quantities: Mapping[str, int]) -> dict[str, Any]:
    """Return a service and its units by the template's resource keys (vendors.base.Service.from_payload)."""
    template, end = subscription.plan.template, wanted_end(subscription)
    return {
        "vendor_ids": subscription.vendor_ids,
        "resources": offers_of(template, quantities),
        "label": subscription.name,
        "options": template.settings,
        "term": term_of(subscription).payload,
        "facts": {name: str(fact["value"]) for name, fact in subscription.attributes.items()},
        "reseller": reseller_told(subscription.reseller_id, template.connection),
    } | ({} if end is None else {"at_end": end.at_end.value, "next_units": end.units})


def service_as_held(subscription: Subscription) -> dict[str, Any]:
    """Return a service with the units that it holds now."""
    return service_payload(subscription, held_units(subscription))


def term_of(subscription: Subscription) -> Term:
    """Return the term that the subscription was bought for, as vendors are told of it."""
    return Term(months_of(subscription.period), subscription.trial, subscription.expiration_date)


def payload_anew(subscription: Subscription, operation: VendorOperation) -> dict[str, Any]:
    """Return a planned operation's payload with all that may have been corrected since: account, answers, offers, ids.

    How many units, and the label by which the vendor's records are searched, stay as they were planned.
    """
    planned, template = operation.payload, subscription.plan.template
    if operation.action == OperationAction.PROVISION:
        return order_payload(
            label=planned["label"],
            account=subscription.account,
            template=template,
            quantities={key: row["quantity"] for key, row in planned["resources"].items()},
            answers=subscription.parameters,
            term=term_of(subscription),
        )
    service = planned["service"]
    quantities = {key: row["quantity"] for key, row in service["resources"].items()}
    fresh = service_payload(subscription, quantities) | {"label": service.get("label", "")}
    return {**planned, "service": fresh}


def held_units(subscription: Subscription) -> dict[str, int]:
    """Return the units that the subscription holds now, by the template's resource keys."""
    rows = subscription.resources.filter(of_plan=True).order_by("pk")
    return dict(rows.values_list("plan_resource__resource__key", "quantity"))


def _payload(
    contract: Contract, work: Work, template: ApplicationTemplate, quantities: Mapping[str, int]
) -> dict[str, Any]:
    subscription = contract.subscription
    if work is INSTALL:
        return order_payload(
            label=subscription.name,
            account=subscription.account,
            template=template,
            quantities=quantities,
            answers=subscription.parameters,
            term=term_of(subscription),
        )
    return {"service": service_as_held(subscription)} | ({"quantities": dict(quantities)} if quantities else {})


def offers_of(template: ApplicationTemplate, quantities: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """Return what the vendor sells the template's resources as, and how many units. Raises ResourceNotInTemplate."""
    offers = dict(template.resources.filter(key__in=quantities).values_list("key", "vendor_reference"))
    missing = sorted(set(quantities) - set(offers))
    if missing:
        raise ResourceNotInTemplate(
            _("The application template has no resource “%(key)s” any more. Add it there again, or give the order up.")
            % {"key": missing[0]}
        )
    return {key: {"offer": offers[key], "quantity": quantity} for key, quantity in quantities.items()}


def _ids_of_account(account: Account, template: ApplicationTemplate) -> dict[str, str]:
    """Return what the vendor already calls this account: the newest ids, of those that are the account's own.

    They are known of services over the same connection, and over the reseller's connections of the other plugins of
    the family: Azure finds the tenant that Office has made.
    """
    if template.connection is None:
        return {}
    plugin = plugin_for(template.connection.plugin)
    others = [one.slug for one in plugins() if one.family and one.family == plugin.family and one is not plugin]
    over = Q(plan__template__connection=template.connection) | Q(
        plan__template__connection__plugin__in=others,
        plan__template__connection__reseller=template.connection.reseller_id,
    )
    services = Subscription.objects.filter(over, account=account).exclude(vendor_ids={})
    known: dict[str, str] = {}
    for ids in services.order_by("-pk").values_list("vendor_ids", flat=True)[:NEWEST]:
        known = {name: value for name, value in ids.items() if name in plugin.account_ids} | known
    return known


def _key(subscription: Subscription, work: Work, day: date, order: Order | None) -> str:
    """Return the operation's key: an order is carried out once, a stop may come again."""
    if order is not None:
        return f"order:{order.pk}:{work.action}"
    earlier = operations_of([f"subscription:{subscription.pk}"]).count()
    return f"subscription:{subscription.pk}:{work.action}:{day}:{earlier + 1}"
