"""Rows of the catalogue, of orders and of subscriptions."""

from subscriptions.models.application_template import ApplicationResource, ApplicationTemplate, TemplateStatus
from subscriptions.models.commitment import (
    TOLD,
    WINDOWS,
    CommitmentDate,
    CommitmentState,
    DateKind,
    HeldCommitment,
    TermEnd,
)
from subscriptions.models.discount import Discount, DiscountType
from subscriptions.models.held import HeldUnits
from subscriptions.models.markup import MarkupRule, Rounding
from subscriptions.models.night import BillingNight
from subscriptions.models.order import UNFINISHED, Order, OrderItem, OrderStatus, OrderType, TakesEffect
from subscriptions.models.plan import (
    BillingType,
    DurationUnit,
    Plan,
    PlanCategory,
    PlanPeriod,
    PlanPrice,
    PlanResource,
    PlanStatus,
    Product,
    ResourcePrice,
    ServiceTerm,
)
from subscriptions.models.price_change import (
    PriceChange,
    PriceChangeEffect,
    PriceChangeLine,
    PriceChangeStatus,
    PriceRule,
)
from subscriptions.models.sampled import Sampled
from subscriptions.models.search import SubscriptionWord
from subscriptions.models.subscription import (
    BLOCKING,
    StopReason,
    Subscription,
    SubscriptionResource,
    SubscriptionSecret,
    SubscriptionStatus,
)

__all__ = [
    "BLOCKING",
    "TOLD",
    "UNFINISHED",
    "WINDOWS",
    "ApplicationResource",
    "ApplicationTemplate",
    "BillingNight",
    "BillingType",
    "CommitmentDate",
    "CommitmentState",
    "DateKind",
    "Discount",
    "DiscountType",
    "DurationUnit",
    "HeldCommitment",
    "HeldUnits",
    "MarkupRule",
    "Order",
    "OrderItem",
    "OrderStatus",
    "OrderType",
    "Plan",
    "PlanCategory",
    "PlanPeriod",
    "PlanPrice",
    "PlanResource",
    "PlanStatus",
    "PriceChange",
    "PriceChangeEffect",
    "PriceChangeLine",
    "PriceChangeStatus",
    "PriceRule",
    "Product",
    "ResourcePrice",
    "Rounding",
    "Sampled",
    "ServiceTerm",
    "StopReason",
    "Subscription",
    "SubscriptionResource",
    "SubscriptionSecret",
    "SubscriptionStatus",
    "SubscriptionWord",
    "TakesEffect",
    "TemplateStatus",
    "TermEnd",
]
