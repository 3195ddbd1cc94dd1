"""The catalogue: products, service terms, plans with their periods, resources and prices."""

from decimal import Decimal

import pghistory
import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.fitting import Fitting
from core.timestamps import Timestamped

# More units of one resource are too many to be true: an amount is wide enough for so many at any price.
MOST_UNITS = 1_000_000


class BillingType(models.TextChoices):
    """How a plan is charged: what `billing.engine.types` has the rules of, and no other."""

    CSP_MONTHLY = "csp_monthly", _("CSP monthly")
    CSP_ANNUAL = "csp_annual", _("CSP annual")
    RESERVATION = "reservation", _("Reservation")
    PAY_IN_FULL = "pay_in_full", _("Pay in full")
    NON_REFUND = "non_refund", _("Non-refund")
    GSUITE = "gsuite", _("G Suite")
    PAYG_INTERNAL = "payg_internal", _("Pay as you go")
    PAYG_EXTERNAL = "payg_external", _("Pay as you go, at the vendor's cost")


class PlanStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    INACTIVE = "inactive", _("Inactive")
    DEACTIVATED_BY_PROVIDER = "deactivated_by_provider", _("Deactivated by provider")


class DurationUnit(models.TextChoices):
    DAY = "day", _("days")
    MONTH = "month", _("months")
    YEAR = "year", _("years")


class Product(Timestamped):
    """What a customer looks for, for example Microsoft 365."""

    reseller = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="products")
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True)

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["reseller", "name"], name="product_name_unique")]

    def __str__(self) -> str:
        return self.name


class PlanCategory(Timestamped):
    """A drawer of plans in the lists."""

    reseller = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="plan_categories")
    name = models.CharField(_("name"), max_length=200)

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["reseller", "name"], name="plan_category_name_unique")]

    def __str__(self) -> str:
        return self.name


class ServiceTerm(Timestamped):
    """Service terms (plan class): the timers of the subscriptions of a plan. Inherited by resellers below."""

    reseller = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="service_terms")
    name = models.CharField(_("name"), max_length=100)
    key = models.SlugField(_("key"), max_length=60)
    # 29 to 31 exist in older data and are clamped to the month's last day; the form offers 1 to 28 (decision 13).
    billing_day = models.PositiveSmallIntegerField(
        _("billing day"), validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    grace_period = models.PositiveIntegerField(_("grace period, days"), default=0)
    stop_period = models.PositiveIntegerField(
        _("stop period, days"),
        null=True,
        blank=True,
        help_text=_("A subscription stopped for so many days is deleted; empty means never."),
    )
    auto_renew_point = models.IntegerField(_("auto-renew point, days"), default=0)
    manual_renew_point = models.IntegerField(
        _("manual renew point, days"),
        default=-1,
        help_text=_("-1: renewal is always possible, 0: never, otherwise so many days before the end."),
    )
    account_types = models.ManyToManyField("accounts.AccountType", blank=True, related_name="service_terms")

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["reseller", "key"], name="service_term_key_unique"),
            models.CheckConstraint(
                condition=models.Q(billing_day__gte=1, billing_day__lte=31), name="service_term_billing_day"
            ),
            models.CheckConstraint(condition=models.Q(manual_renew_point__gte=-1), name="service_term_renew_point"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Plan(Timestamped):
    """What is sold. A delegated plan is a row of the reseller below, with the upstream plan as parent."""

    reseller = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="plans")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="delegated")
    name = models.CharField(_("name"), max_length=200)
    sku = models.CharField(_("SKU"), max_length=100, blank=True)
    category = models.ForeignKey(PlanCategory, models.PROTECT, null=True, blank=True, related_name="plans")
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="plans")
    description = models.TextField(_("description"), blank=True)
    template = models.ForeignKey("subscriptions.ApplicationTemplate", models.PROTECT, related_name="plans")
    billing_type = models.CharField(
        _("billing type"), max_length=30, choices=BillingType.choices, default=BillingType.CSP_MONTHLY
    )
    service_term = models.ForeignKey(ServiceTerm, models.PROTECT, related_name="plans")
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(_("status"), max_length=30, choices=PlanStatus.choices, default=PlanStatus.ACTIVE)
    public = models.BooleanField(_("public"), default=True)
    singleton = models.BooleanField(_("singleton"), default=False)
    fixed_price = models.BooleanField(_("fixed price"), default=False)
    subscription_name_template = models.CharField(
        _("subscription name template"), max_length=200, default="{{plan.name}}"
    )

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "reseller"], condition=models.Q(parent__isnull=False), name="plan_delegated_once"
            ),
            models.UniqueConstraint(
                fields=["reseller", "sku"], condition=~models.Q(sku=""), name="plan_sku_unique_of_a_reseller"
            ),
        ]
        indexes = [models.Index(fields=["reseller", "id"], name="plan_reseller")]

    def __str__(self) -> str:
        return self.name

    @property
    def sold(self) -> "models.QuerySet[PlanResource]":
        """Return its resources that are sold, each with what it is of the template, in the plan's order."""
        return self.resources.filter(active=True).select_related("resource").order_by("position", "pk")


class PlanPeriod(Timestamped):
    """For how long a plan is bought: endless, or a number of days, months or years."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="periods")
    endless = models.BooleanField(_("endless"), default=False)
    duration = models.PositiveIntegerField(_("duration"), null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=10, choices=DurationUnit.choices, blank=True)
    trial = models.BooleanField(_("trial"), default=False)
    active = models.BooleanField(_("active"), default=True)

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=models.Q(endless=True, duration__isnull=True, unit="")
                | models.Q(endless=False, duration__gt=0, unit__in=DurationUnit.values),
                name="plan_period_endless_or_long",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Endless")) if self.endless else f"{self.duration} {self.get_unit_display()}"


@pghistory.track()
class PlanResource(Timestamped):
    """How many units of an application's resource a plan includes and allows."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="resources")
    resource = models.ForeignKey("subscriptions.ApplicationResource", models.PROTECT, related_name="plan_resources")
    name = models.CharField(_("name"), max_length=200)
    position = models.PositiveIntegerField(default=0)
    measurable = models.BooleanField(_("measurable"), default=True)
    included = models.PositiveIntegerField(_("included"), default=0)
    minimum = models.PositiveIntegerField(_("minimum"), default=0)
    limit = models.PositiveIntegerField(_("limit"), null=True, blank=True, help_text=_("Empty means unlimited."))
    public = models.BooleanField(_("public"), default=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["plan", "resource"], name="plan_resource_once"),
            models.CheckConstraint(
                condition=models.Q(limit__isnull=True) | models.Q(limit__gte=models.F("minimum")),
                name="plan_resource_limit_not_below_minimum",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def minimum_chargeable(self) -> int:
        """Units that are always paid for: the minimum less what is included (G-D5)."""
        return max(self.minimum - self.included, 0)


class ResourcePrice(Fitting):
    """A line of a plan's price list, valid from a day on. Appended, never changed: charges point at the past."""

    plan_resource = models.ForeignKey(PlanResource, models.PROTECT, related_name="prices")
    valid_from = models.DateField(_("valid from"))
    # The business day on which somebody entered it. The night of a day comes before what people do on it (decision
    # 19): a renewal knows only what was entered before its day, so that a late night renews at the same price.
    entered_on = models.DateField(_("entered on"))
    # Per unit and month, in the plan's currency.
    recurring_fee = models.DecimalField(_("recurring fee a month"), max_digits=18, decimal_places=6)
    setup_fee = models.DecimalField(_("setup fee"), max_digits=18, decimal_places=6, default=Decimal(0))
    renewal_fee = models.DecimalField(_("renewal fee"), max_digits=18, decimal_places=6, default=Decimal(0))
    # What the plan's reseller pays its upstream per unit and month; empty for plans of one's own.
    net_cost = models.DecimalField(_("net cost"), max_digits=18, decimal_places=6, null=True, blank=True)
    # The rule that made it, and the row of the plan above that it follows (empty where that is its own vendor's price).
    made_by = models.ForeignKey(
        "subscriptions.MarkupRule", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    made_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(recurring_fee__gte=0, setup_fee__gte=0, renewal_fee__gte=0),
                name="resource_price_not_negative",
            ),
        ]
        # The newest row of the newest day that has come is the price.
        indexes = [models.Index(fields=["plan_resource", "-valid_from", "-id"], name="resource_price_newest")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.plan_resource}: {self.recurring_fee} from {self.valid_from}"


class PlanPrice(Fitting):
    """What a plan costs for one of its periods besides its resources, valid from a day on. Appended, never changed.

    A period without a row costs nothing of its own. In the plan's currency: once, a month, at a renewal, at a transfer.
    """

    period = models.ForeignKey(PlanPeriod, models.PROTECT, related_name="prices")
    valid_from = models.DateField(_("valid from"))
    # As of a resource's price: a night knows only what was entered before its day.
    entered_on = models.DateField(_("entered on"))
    setup_fee = models.DecimalField(_("setup fee"), max_digits=18, decimal_places=6, default=Decimal(0))
    recurring_fee = models.DecimalField(_("recurring fee a month"), max_digits=18, decimal_places=6, default=Decimal(0))
    renewal_fee = models.DecimalField(_("renewal fee"), max_digits=18, decimal_places=6, default=Decimal(0))
    transfer_fee = models.DecimalField(_("transfer fee"), max_digits=18, decimal_places=6, default=Decimal(0))
    # Of a plan that charges what the vendor takes.
    markup = models.DecimalField(
        _("markup, %"), max_digits=18, decimal_places=6, default=Decimal(0), db_default=Decimal(0)
    )
    # As of a resource's price: the rule that made it, and the row of the plan above that it follows.
    made_by = models.ForeignKey(
        "subscriptions.MarkupRule", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    made_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(setup_fee__gte=0, recurring_fee__gte=0, renewal_fee__gte=0, transfer_fee__gte=0),
                name="plan_price_not_negative",
            ),
            models.CheckConstraint(condition=models.Q(markup__gte=0), name="plan_markup_not_negative"),
        ]
        indexes = [models.Index(fields=["period", "-valid_from", "-id"], name="plan_price_newest")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.period}: {self.recurring_fee} from {self.valid_from}"
