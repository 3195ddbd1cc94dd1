"""Reading the catalogue, subscriptions and orders: every read starts at who asks."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.actors import Actor
from accounts.models import Account, Reseller
from accounts.queries import of_visible_accounts, within_reach
from billing.models import Tax
from subscriptions.models import (
    ApplicationTemplate,
    CommitmentDate,
    Difference,
    Discount,
    MarkupRule,
    Order,
    Plan,
    PlanCategory,
    PlanPeriod,
    PlanPrice,
    PlanResource,
    PlanStatus,
    PriceChange,
    PriceChangeEffect,
    Product,
    Resolution,
    ResolutionLine,
    ResourcePrice,
    ServiceTerm,
    Subscription,
    SubscriptionSecret,
    SubscriptionStatus,
)
from vendors.models import VendorOperation

FAILED = (
    SubscriptionStatus.INSTALLATION_FAILED,
    SubscriptionStatus.UPDATING_FAILED,
    SubscriptionStatus.ACTIVATING_FAILED,
    SubscriptionStatus.STOPPING_FAILED,
    SubscriptionStatus.RENEWING_FAILED,
    SubscriptionStatus.DELETION_FAILED,
)


def subscriptions_visible_to(actor: Actor) -> QuerySet[Subscription]:
    """Return the subscriptions of the accounts that the actor sees; none without the right."""
    if not actor.may("subscriptions.view"):
        return Subscription.objects.none()
    if actor.is_manager and not actor.sees_only_own_accounts:
        return Subscription.objects.filter(within_reach(actor))  # the row's own column: no join with accounts
    return Subscription.objects.filter(of_visible_accounts(actor))


def listed_subscriptions_visible_to(actor: Actor) -> QuerySet[Subscription]:
    """Return the rows of subscriptions_visible_to(actor), asked for so that a list of a million is planned well.

    The actor's part of the tree is read first (one statement), because the database plans by the resellers it is told
    and not by those that a subquery will find; a sales person's rows are known by the copy of their accounts' manager.
    """
    if not (actor.is_manager and actor.may("subscriptions.view")):
        return subscriptions_visible_to(actor)
    rows = Subscription.objects.all()
    if actor.reseller is not None and not actor.sees_everything:
        reach = Reseller.objects.filter(lineage__contains=[actor.reseller.pk]).values_list("pk", flat=True)
        rows = rows.filter(reseller__in=list(reach))
    if actor.account_manager_ids is not None:
        rows = rows.filter(manager__in=sorted(actor.account_manager_ids))
    return rows


def commitment_dates_visible_to(actor: Actor) -> QuerySet[CommitmentDate]:
    """Return the dates of what vendors have bound the actor's subscriptions to; none without the right.

    A customer is not bound any more by what it has deleted: what the vendor still holds of it is its provider's.
    """
    if not actor.may("subscriptions.view"):
        return CommitmentDate.objects.none()
    if actor.is_manager and not actor.sees_only_own_accounts:
        return CommitmentDate.objects.filter(within_reach(actor))
    rows = CommitmentDate.objects.filter(of_visible_accounts(actor))
    return rows.exclude(subscription__status=SubscriptionStatus.DELETED) if actor.is_customer else rows


def orders_visible_to(actor: Actor) -> QuerySet[Order]:
    """Return the orders of the accounts that the actor sees; none without the right."""
    if not actor.may("orders.view"):
        return Order.objects.none()
    if actor.is_manager and not actor.sees_only_own_accounts:
        return Order.objects.filter(within_reach(actor))
    return Order.objects.filter(of_visible_accounts(actor))


def open_orders_of(actor: Actor, subscription: Subscription) -> tuple[Order | None, Order | None]:
    """Return a subscription's orders that are neither completed nor cancelled, where the actor sees them.

    First the one that waits or is carried out, then the one that is arranged for the vendor's next term.
    """
    found = list(orders_visible_to(actor).filter(subscription=subscription, closed_on=None).order_by("-pk"))
    arranged = next((order for order in found if order.is_arranged), None)
    return next((order for order in found if not order.is_arranged), None), arranged


def operations_for(subscription: Subscription) -> QuerySet[VendorOperation]:
    """Return what was and is to be done at the vendor for a subscription that the caller may see, the newest first."""
    orders = [f"order:{pk}" for pk in subscription.orders.order_by().values_list("pk", flat=True)]
    subjects = [f"subscription:{subscription.pk}", *orders]
    return VendorOperation.objects.filter(subject__in=subjects).order_by("-created_at", "-pk")


def secrets_visible_to(actor: Actor) -> QuerySet[SubscriptionSecret]:
    """Return what vendors told once about the actor's own subscriptions, for a customer who may change them.

    Nobody but the customer sees that there is something, and once it was shown only who saw it, until it is kept;
    `revealing.reveal_secret` shows it.
    """
    if not actor.is_customer or not actor.may("subscriptions.change") or actor.impersonator is not None:
        return SubscriptionSecret.objects.none()
    visible = subscriptions_visible_to(actor).values("pk")
    mine = Q(shown_at=None) | Q(shown_to=actor.user)
    found = SubscriptionSecret.objects.filter(mine, subscription__in=visible, kept_at=None)
    return found.defer("value").order_by("pk")


def products_visible_to(actor: Actor) -> QuerySet[Product]:
    """Return the products of the actor's part of the tree; a customer's: those with a plan it may order."""
    if not actor.may("products.view"):
        return Product.objects.none()
    if actor.is_customer:
        plans = plans_visible_to(actor).filter(product=OuterRef("pk"))
        return Product.objects.filter(Exists(plans))
    return Product.objects.filter(within_reach(actor))


def plan_categories_visible_to(actor: Actor) -> QuerySet[PlanCategory]:
    """Return the plan categories of the actor's part of the tree."""
    if not actor.may("plans.view"):
        return PlanCategory.objects.none()
    return PlanCategory.objects.filter(within_reach(actor))


def discounts_visible_to(actor: Actor) -> QuerySet[Discount]:
    """Return the discounts of the actor's reseller and of all below; a reseller never sees those above."""
    return Discount.objects.filter(within_reach(actor)) if actor.may("discounts.view") else Discount.objects.none()


def taxes_visible_to(actor: Actor) -> QuerySet[Tax]:
    """Return the taxes of the actor's reseller and of all below."""
    return Tax.objects.filter(within_reach(actor)) if actor.may("taxes.view") else Tax.objects.none()


def plans_visible_to(actor: Actor) -> QuerySet[Plan]:
    """Return a manager's plans: of its reseller and of all below. A customer's: the public ones that it may order."""
    if not actor.may("plans.view"):
        return Plan.objects.none()
    if actor.is_customer:
        if actor.account is None:
            return Plan.objects.none()
        return plans_offered(actor, actor.account)
    return Plan.objects.filter(within_reach(actor))


def plans_for(account: Account) -> QuerySet[Plan]:
    """Return the plans that may be ordered for the account: active, of its reseller, open to its account type."""
    open_to_all = Q(service_term__account_types=None)
    plans = Plan.objects.filter(reseller=account.reseller_id, status=PlanStatus.ACTIVE, currency=account.currency)
    return plans.filter(open_to_all | Q(service_term__account_types=account.account_type_id)).distinct()


def plans_offered(actor: Actor, account: Account) -> QuerySet[Plan]:
    """Return the plans that the actor may order for the account: a customer the public ones."""
    return plans_for(account).filter(public=True) if actor.is_customer else plans_for(account)


def plan_periods_visible_to(actor: Actor) -> QuerySet[PlanPeriod]:
    """Return the periods of the plans that the actor sees."""
    return PlanPeriod.objects.filter(plan__in=plans_visible_to(actor).values("pk")).order_by("plan", "pk")


def plan_resources_visible_to(actor: Actor) -> QuerySet[PlanResource]:
    """Return the resources of the plans that the actor sees, in the plans' order; a customer's: the public ones."""
    resources = PlanResource.objects.filter(plan__in=plans_visible_to(actor).values("pk"))
    if actor.is_customer:
        resources = resources.filter(public=True, active=True)
    return resources.select_related("resource").order_by("plan", "position", "pk")


def prices_visible_to(actor: Actor) -> QuerySet[ResourcePrice]:
    """Return the price lists of the plans that a manager sees, the newest first. Customers see prices on quotes."""
    if actor.is_customer or not actor.may("plans.view"):
        return ResourcePrice.objects.none()
    resources = plan_resources_visible_to(actor).order_by().values("pk")
    return ResourcePrice.objects.filter(plan_resource__in=resources).order_by("plan_resource", "-valid_from", "-pk")


def plan_prices_visible_to(actor: Actor) -> QuerySet[PlanPrice]:
    """Return what the plans that a manager sees cost themselves for each period, the newest first."""
    if actor.is_customer or not actor.may("plans.view"):
        return PlanPrice.objects.none()
    periods = plan_periods_visible_to(actor).order_by().values("pk")
    prices = PlanPrice.objects.filter(period__in=periods).select_related("period", "created_by")
    return prices.order_by("period", "-valid_from", "-pk")


def markup_rules_visible_to(actor: Actor) -> QuerySet[MarkupRule]:
    """Return the markup rules of the actor's own reseller, the newest first: what others earn is not told."""
    if not actor.may("plans.change") or actor.is_customer or actor.reseller is None:
        return MarkupRule.objects.none()
    rules = MarkupRule.objects.filter(plan__reseller=actor.reseller).select_related(
        "plan", "plan_resource", "created_by"
    )
    return rules.order_by("-valid_from", "-pk")


def price_changes_visible_to(actor: Actor) -> QuerySet[PriceChange]:
    """Return the mass price changes of the actor's own reseller: what others earn is not told."""
    if not actor.may("plans.change") or actor.is_customer or actor.reseller is None:
        return PriceChange.objects.none()
    return PriceChange.objects.filter(reseller=actor.reseller)


def price_change_effects_visible_to(actor: Actor) -> QuerySet[PriceChangeEffect]:
    """Return what the mass price changes that the actor sees do to subscriptions."""
    return PriceChangeEffect.objects.filter(change__in=price_changes_visible_to(actor).values("pk"))


def differences_visible_to(actor: Actor) -> QuerySet[Difference]:
    """Return the differences with vendors of the accounts that a manager sees; none without the right."""
    if not actor.may("differences.view"):
        return Difference.objects.none()
    if actor.is_manager and not actor.sees_only_own_accounts:
        return Difference.objects.filter(within_reach(actor))
    return Difference.objects.filter(of_visible_accounts(actor))


def resolutions_visible_to(actor: Actor) -> QuerySet[Resolution]:
    """Return the resolutions of the actor's reseller and of all below it: of who sees all their accounts."""
    if not actor.may("differences.view") or actor.sees_only_own_accounts:
        return Resolution.objects.none()
    return Resolution.objects.filter(within_reach(actor))


def resolution_lines_visible_to(actor: Actor) -> QuerySet[ResolutionLine]:
    """Return the lines of the resolutions that the actor sees."""
    return ResolutionLine.objects.filter(resolution__in=resolutions_visible_to(actor).values("pk"))


def templates_visible_to(actor: Actor) -> QuerySet[ApplicationTemplate]:
    """Return the application templates of the actor's part of the tree."""
    if not actor.may("application_templates.view"):
        return ApplicationTemplate.objects.none()
    return ApplicationTemplate.objects.filter(within_reach(actor))


def service_terms_visible_to(actor: Actor) -> QuerySet[ServiceTerm]:
    """Return the service terms of the actor's part of the tree and those inherited from above (billing.md 1.4)."""
    if not actor.may("service_terms.view"):
        return ServiceTerm.objects.none()
    if actor.sees_everything or actor.reseller is None:
        return ServiceTerm.objects.filter(within_reach(actor))
    return ServiceTerm.objects.filter(within_reach(actor) | Q(pk__in=service_terms_for(actor.reseller).values("pk")))


def service_terms_for(reseller: Reseller) -> QuerySet[ServiceTerm]:
    """Return the service terms that a plan of this reseller may have: its own and those inherited from above."""
    below = Reseller.objects.filter(pk=reseller.pk, lineage__contains=[OuterRef("reseller")])
    return ServiceTerm.objects.filter(Exists(below))
