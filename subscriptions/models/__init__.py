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
from subscriptions.models.difference import (
    Choice,
    Difference,
    DifferenceKind,
    LineState,
    Resolution,
    ResolutionLine,
    ResolutionStatus,
    Settled,
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
    "Choice",
    "CommitmentDate",
    "CommitmentState",
    "DateKind",
    "Difference",
    "DifferenceKind",
    "Discount",
    "DiscountType",
    "DurationUnit",
    "HeldCommitment",
    "HeldUnits",
    "LineState",
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
    "Resolution",
    "ResolutionLine",
    "ResolutionStatus",
    "ResourcePrice",
    "Rounding",
    "Sampled",
    "ServiceTerm",
    "Settled",
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
