"""A mass price change: drafted with what it would do, carried out as a job, undone by one act until its day."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Reseller
from billing.engine.types import TYPES, is_by_use
from core.errors import Refused
from core.handover import hand_over
from core.money import minor_units
from subscriptions.catalogue.markup_rules import follows_on, rules_by_resource
from subscriptions.catalogue.prices import check_day, check_fee
from subscriptions.catalogue.reach import require_reseller
from subscriptions.contract.costs import costs_on
from subscriptions.contract.prices import prices_on
from subscriptions.models import (
    Plan,
    PlanResource,
    PriceChange,
    PriceChangeEffect,
    PriceChangeLine,
    PriceChangeStatus,
    PriceRule,
)
from subscriptions.tasks import change_prices
from subscriptions.workers.repricing import append_prices, take_back

# What is charged by use costs no month that could be foretold.
BY_USE = [billing_type for billing_type in TYPES if is_by_use(billing_type)]
EFFECTS = """
    INSERT INTO subscriptions_pricechangeeffect
        (change_id, subscription_id, account_id, currency, old_sum, new_sum, cost, difference)
    SELECT %(change)s, subscription.id, subscription.account_id, subscription.currency,
           ROUND(SUM(held.units * line.old_price), %(decimals)s), ROUND(SUM(held.units * line.new_price), %(decimals)s),
           ROUND(SUM(held.units * line.cost), %(decimals)s),
           ROUND(SUM(held.units * line.new_price), %(decimals)s) - ROUND(SUM(held.units * line.old_price), %(decimals)s)
    FROM subscriptions_pricechangeline line
    JOIN subscriptions_planresource priced ON priced.id = line.plan_resource_id
    JOIN subscriptions_subscription subscription ON subscription.plan_id = priced.plan_id
    JOIN LATERAL (
        SELECT GREATEST(resource.quantity - resource.included, 0) AS units
        FROM subscriptions_subscriptionresource resource
        WHERE resource.subscription_id = subscription.id AND resource.plan_resource_id = priced.id
    ) held ON TRUE
    WHERE line.change_id = %(change)s AND subscription.status <> 'deleted' AND NOT subscription.trial
      AND NOT (subscription.fixed_price AND subscription.expiration_date IS NULL)
      AND NOT subscription.billing_type = ANY(%(by_use)s)
    GROUP BY subscription.id
    ORDER BY subscription.id
"""


class PriceChangeNotAllowed(Refused):
    """The prices cannot be changed so, or not any more."""

    code = "price_change_not_allowed"
    field = "value"


@transaction.atomic
def draft_price_change(
    *,
    actor: Actor,
    reseller: Reseller,
    plans: Collection[Plan],
    rule: str,
    value: Decimal,
    valid_from: date,
    today: date,
    prices: Mapping[int, Decimal] | None = None,
) -> PriceChange:
    """Keep what a rule would make of the prices of the reseller's plans from a day on, and what that does to whom.

    Nothing is changed yet. `prices` are the new prices by plan resource where each has its own (PriceRule.NEW_PRICE).
    A fixed number of statements, however many subscriptions. Raises Forbidden, PriceNotAllowed, PriceChangeNotAllowed.
    """
    require_reseller(actor, reseller, "plans.change")
    check_day(valid_from, today)
    if any(plan.reseller_id != reseller.pk for plan in plans) or not plans:
        raise PriceChangeNotAllowed(_("Choose plans of this reseller."), field="plans")
    change = PriceChange.objects.create(
        reseller=reseller, rule=rule, value=value, valid_from=valid_from, created_by=actor.user
    )
    lines = _lines(change, plans, prices or {})
    if not lines:
        raise PriceChangeNotAllowed(_("This would change no price. Choose another value."))
    PriceChangeLine.objects.bulk_create(lines)
    PriceChangeLine.objects.bulk_create(_lines_by_rules(change, lines, today))
    with connection.cursor() as cursor:
        cursor.execute(
            EFFECTS,
            {"change": change.pk, "decimals": minor_units(reseller.currency), "by_use": BY_USE},
        )
    return _counted(change, len(lines))


def _counted(change: PriceChange, lines: int) -> PriceChange:
    counts = PriceChangeEffect.objects.filter(change=change).aggregate(
        reached=Count("pk"),
        pay_more=Count("pk", filter=Q(difference__gt=0)),
        below_cost=Count("pk", filter=Q(new_sum__lt=F("cost"))),
    )
    for name, count in {**counts, "lines_total": lines}.items():
        setattr(change, name, count)
    change.save(update_fields=[*counts, "lines_total"])
    return change


def _lines_by_rules(change: PriceChange, lines: Sequence[PriceChangeLine], today: date) -> list[PriceChangeLine]:
    """Return what rules make of the prices of resellers below: found by writing the prices, and rolled back."""
    with transaction.atomic():
        try:
            made = append_prices(change, lines, today, tell=False)
        finally:
            transaction.set_rollback(True)
    for line in lines:
        line.written = None
    followers = [row for row in made if row.valid_from == change.valid_from]
    now = prices_on([row.plan_resource_id for row in followers], change.valid_from)
    return [
        PriceChangeLine(
            change=change,
            plan_resource_id=row.plan_resource_id,
            old_price=now[row.plan_resource_id].recurring_fee,
            new_price=row.recurring_fee,
            by_rule=True,
        )
        for row in followers
        if row.recurring_fee != now[row.plan_resource_id].recurring_fee
    ]


def _lines(change: PriceChange, plans: Collection[Plan], prices: Mapping[int, Decimal]) -> list[PriceChangeLine]:
    resources = list(
        PlanResource.objects.filter(plan__in=plans, active=True).select_related("plan").order_by("plan", "position")
    )
    _refuse_ruled(resources, change.valid_from)
    rows = prices_on([resource.pk for resource in resources], change.valid_from)
    costs = costs_on([resource.pk for resource in resources], change.valid_from)
    lines = []
    for resource in resources:
        row, cost = rows.get(resource.pk), costs.get(resource.pk)
        if row is None:
            continue
        asked = prices.get(resource.pk)
        new = changed(change.rule, change.value, row.recurring_fee, cost, change.reseller.currency, asked=asked)
        check_fee(new, "value")
        if new != row.recurring_fee:
            lines.append(
                PriceChangeLine(
                    change=change, plan_resource=resource, old_price=row.recurring_fee, new_price=new, cost=cost
                )
            )
    return lines


def _refuse_ruled(resources: Sequence[PlanResource], day: date) -> None:
    """Do nothing where no price follows its net cost by a rule on a day, else raise PriceChangeNotAllowed."""
    rules = rules_by_resource((resource.pk, resource.plan_id) for resource in resources)
    ruled = {resource.plan.name for resource in resources if follows_on(rules.get(resource.pk, ()), day)}
    if ruled:
        raise PriceChangeNotAllowed(
            _("Prices of these follow their net cost by markup rules: %(plans)s. Leave them out, or end the rules.")
            % {"plans": ", ".join(sorted(ruled))},
            field="plans",
        )


def changed(
    rule: str, value: Decimal, price: Decimal, cost: Decimal | None, currency: str, *, asked: Decimal | None = None
) -> Decimal:
    """Return what a rule makes of a price, rounded half up to the decimals that the price has, at least its currency's.

    Raises PriceChangeNotAllowed for a markup on a net cost that is not known.
    """
    if rule == PriceRule.NEW_PRICE:
        return value if asked is None else asked
    if rule == PriceRule.PERCENT:
        return rounded(price * (100 + value) / 100, price, currency)
    if rule == PriceRule.AMOUNT:
        return rounded(price + value, price, currency)
    if cost is None:
        raise PriceChangeNotAllowed(_("A markup needs a net cost: enter the vendor's price first."), field="rule")
    return rounded(marked_up(rule, value, cost), price, currency)


def marked_up(rule: str, value: Decimal, cost: Decimal) -> Decimal:
    """Return a net cost with its markup, unrounded."""
    return cost * (100 + value) / 100 if rule == PriceRule.MARKUP_PERCENT else cost + value


def rounded(exact: Decimal, like: Decimal, currency: str) -> Decimal:
    """Return a price with as many decimals as another has, at least those of the currency."""
    places = max(minor_units(currency), -int(like.normalize().as_tuple().exponent))
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@transaction.atomic
def confirm_price_change(*, actor: Actor, change: PriceChange, today: date) -> PriceChange:
    """Have a job write the prices of a draft. Raises Forbidden, PriceChangeNotAllowed, PriceNotAllowed.

    Refused where a price is another one by now than the draft has shown.
    """
    change = _locked(actor, change)
    may_confirm(change, today)
    own = list(change.lines.filter(by_rule=False).select_related("plan_resource__plan").order_by("pk"))
    _refuse_ruled([line.plan_resource for line in own], change.valid_from)
    shown = list(change.lines.filter(by_rule=True))
    now = prices_on([line.plan_resource_id for line in own], change.valid_from)
    moved = any(now[line.plan_resource_id].recurring_fee != line.old_price for line in own)
    if moved or _of(shown) != _of(_lines_by_rules(change, own, today)):
        raise PriceChangeNotAllowed(_("Prices have changed since this was shown. Begin a new price change."))
    change.status, change.confirmed_on = PriceChangeStatus.RUNNING, today
    change.save(update_fields=["status", "confirmed_on"])
    hand_over(change_prices, change_id=change.pk)
    return change


def _of(lines: Sequence[PriceChangeLine]) -> set[tuple[int, Decimal, Decimal]]:
    """Return what lines say, of which price."""
    return {(line.plan_resource_id, line.old_price, line.new_price) for line in lines}


def may_confirm(change: PriceChange, today: date) -> None:
    """Raise PriceChangeNotAllowed where it was carried out already, PriceNotAllowed where its day has passed."""
    if change.status != PriceChangeStatus.DRAFT:
        raise PriceChangeNotAllowed(_("This price change has been carried out already."))
    check_day(change.valid_from, today)


@transaction.atomic
def undo_price_change(*, actor: Actor, change: PriceChange, today: date) -> PriceChange:
    """Take a price change back before its day: the prices that would hold without it do again.

    The price lists keep all rows: of one day the later written holds. What was entered for the day since, by hand or by
    another price change, stays. A job that is still writing stops. Raises Forbidden, PriceChangeNotAllowed.
    """
    change = _locked(actor, change)
    may_undo(change, today)
    take_back(change, today)
    change.status, change.undone_on = PriceChangeStatus.UNDONE, today
    change.save(update_fields=["status", "undone_on"])
    return change


def may_undo(change: PriceChange, today: date) -> None:
    """Raise PriceChangeNotAllowed where it was not carried out, or its day has come."""
    if change.status not in (PriceChangeStatus.RUNNING, PriceChangeStatus.DONE):
        raise PriceChangeNotAllowed(_("Only what was carried out is undone."))
    if change.valid_from <= today:
        raise PriceChangeNotAllowed(_("Its day has come: what is charged stays charged. Make another price change."))


def _locked(actor: Actor, change: PriceChange) -> PriceChange:
    require_reseller(actor, change.reseller, "plans.change")
    return PriceChange.objects.select_for_update(of=("self",)).select_related("reseller").get(pk=change.pk)
