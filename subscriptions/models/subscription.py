"""A subscription: a customer's right to a plan's resources, its life and its vendor's facts."""

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import PaymentModel
from billing.engine.rules import Rules
from billing.engine.terms import Taken, chargeable_units
from billing.engine.types import rules_of
from core.fitting import MONEY
from core.timestamps import Timestamped
from subscriptions.models.plan import BillingType
from subscriptions.models.search import (
    GATHER_WORDS,
    REMEMBER_NEW_WORDS,
    REMEMBER_WORDS,
    SCOPE,
    TOUCH_SUBSCRIPTION,
    sort_indexes,
)


class SubscriptionStatus(models.TextChoices):
    """Stable, transitional and failed statuses (operator guide 2.1 to 5.0)."""

    ORDERED = "ordered", _("Ordered")
    INSTALLING = "installing", _("Installing")
    INSTALLATION_FAILED = "installation_failed", _("Installation failed")
    ACTIVE = "active", pgettext_lazy("subscription", "Active")
    UPDATING = "updating", _("Updating")
    UPDATING_FAILED = "updating_failed", _("Updating failed")
    ACTIVATING = "activating", _("Activating")
    ACTIVATING_FAILED = "activating_failed", _("Activating failed")
    GRACED = "graced", _("Grace period")
    RENEWING = "renewing", _("Renewing")
    RENEWING_FAILED = "renewing_failed", _("Renewing failed")
    STOPPING = "stopping", _("Stopping")
    STOPPING_FAILED = "stopping_failed", _("Stopping failed")
    STOPPED = "stopped", _("Stopped")
    # Postpay only: a payment for rendered services has expired, or the credit limit is reached.
    BLOCKED = "blocked", pgettext_lazy("subscription", "Blocked")
    DELETING = "deleting", _("Deleting")
    DELETION_FAILED = "deletion_failed", _("Deletion failed")
    DELETED = "deleted", pgettext_lazy("subscription", "Deleted")


class StopReason(models.TextChoices):
    MANUAL = "manual", _("by hand")
    FUNDS_SHORT = "funds_short", _("funds short")
    EXPIRED = "expired", _("period ended")
    CREDIT_HOLD = "credit_hold", _("credit hold")
    ADMINISTRATIVE_HOLD = "administrative_hold", _("administrative hold")
    # Of those that are Blocked.
    PAYMENT_EXPIRED = "payment_expired", _("payment expired")
    CREDIT_LIMIT = "credit_limit", _("credit limit reached")


# What is stopped for these is Blocked.
BLOCKING = (StopReason.PAYMENT_EXPIRED, StopReason.CREDIT_LIMIT)


@pghistory.track(
    pghistory.InsertEvent(level=pghistory.Statement),
    # The night moves dates and search words of every row: only what a person would call a change is history.
    pghistory.UpdateEvent(
        condition=pghistory.AnyChange(
            "status",
            "stop_reason",
            "stop_comment",
            "name",
            "start_date",
            "expiration_date",
            "billing_priority",
            "auto_renew",
            "at_end",
            "ends_on",
            "lowers_on",
            "subscription_credit_limit",
            "quantity",
            "attributes",
        )
    ),
    exclude=["search_vector"],
)
class Subscription(Timestamped):
    """Copies of names stand here so that a list of a million rows is sorted and searched without a join."""

    # The indexes of these four are below: each carries more than the key alone.
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="subscriptions", db_index=False)
    reseller = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="subscriptions", db_index=False)
    manager = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    plan = models.ForeignKey("subscriptions.Plan", models.PROTECT, related_name="subscriptions", db_index=False)
    period = models.ForeignKey("subscriptions.PlanPeriod", models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=300)
    status = models.CharField(
        _("status"), max_length=30, choices=SubscriptionStatus.choices, default=SubscriptionStatus.ORDERED
    )
    stop_reason = models.CharField(_("stop reason"), max_length=20, choices=StopReason.choices, blank=True)
    stop_comment = models.CharField(_("comment"), max_length=500, blank=True)
    trial = models.BooleanField(_("trial"), default=False)
    individual_price = models.BooleanField(_("individual price"), default=False)
    billing_type = models.CharField(_("billing type"), max_length=30, choices=BillingType.choices)
    currency = models.CharField(_("currency"), max_length=3)
    # Taken from plan and service term at ordering: later edits of those do not move a running subscription.
    billing_day = models.PositiveSmallIntegerField(_("billing day"))
    fixed_price = models.BooleanField(_("fixed price"))
    payment_model = models.CharField(
        _("payment model"),
        max_length=20,
        choices=PaymentModel.choices,
        default=PaymentModel.PREPAY,
        db_default=PaymentModel.PREPAY,
    )
    # Of postpay: how much it may owe; empty means as its account says.
    subscription_credit_limit = models.DecimalField(_("subscription credit limit"), **MONEY, null=True, blank=True)
    # Who is renewed first when the balance is short (decision 7): lower goes first.
    billing_priority = models.PositiveSmallIntegerField(_("billing priority"), default=100)
    # Given at its order, and taken off whatever is charged while it holds.
    promo_code = models.ForeignKey(
        "subscriptions.Discount", models.PROTECT, null=True, blank=True, related_name="subscriptions"
    )
    start_date = models.DateField(_("start date"), null=True, blank=True)
    expiration_date = models.DateField(_("expiration date"), null=True, blank=True)
    # Another term follows of itself where the funds allow it; of no use to what has no end.
    auto_renew = models.BooleanField(_("automatic renewal"), default=False, db_default=False)
    # What people chose for the end of the term that a vendor binds us to (vendors.commitments.AtEnd); "" is as its
    # template says. `ends_on` is the first day without it, where it was ended there: the night deletes it then;
    # `lowers_on` the first day with fewer units, where an order is arranged for the renewal at the vendor.
    at_end = models.CharField(_("end of the term"), max_length=10, blank=True, default="", db_default="")
    ends_on = models.DateField(_("ends at the vendor on"), null=True, blank=True)
    lowers_on = models.DateField(_("fewer units from"), null=True, blank=True, editable=False)
    # The day that the months of its terms are counted from, where that is not the day on which it started (T31).
    term_anchor = models.DateField(null=True, blank=True, editable=False)
    # The first billing day not yet carried out; empty while nothing is to be billed.
    next_billing_day = models.DateField(_("next billing day"), null=True, blank=True)
    # The next day on which the night has something to do: a billing day, the expiry, the end of a timer, the last day
    # of an unpaid order. In a status that is not stable the night waits for the vendor and catches up afterwards.
    due_on = models.DateField(null=True, blank=True, editable=False)
    # The end of what was closed by hand, and how often it was: until then nothing is charged anew (5.7).
    closed_to = models.DateField(null=True, blank=True, editable=False)
    closings = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    stopped_on = models.DateField(_("stopped on"), null=True, blank=True)
    quantity = models.PositiveIntegerField(_("quantity"), default=0)
    # What the vendor told: public facts by key, for the service page and the API's additional attributes.
    attributes = models.JSONField(_("additional attributes"), default=dict, blank=True)
    parameters = models.JSONField(_("service parameters"), default=dict, blank=True)
    # The vendor's own ids of this service, by the plugin's names.
    vendor_ids = models.JSONField(_("vendor's ids"), default=dict, blank=True)
    # The key of the vendor operation whose outcome is waited for; applied once.
    awaited_operation = models.CharField(max_length=200, blank=True, editable=False)
    account_name = models.CharField(max_length=200)
    plan_name = models.CharField(max_length=200)
    reseller_name = models.CharField(max_length=200)
    # Kept by the trigger below: what the list's full-text search finds the row by.
    search_vector = SearchVectorField(null=True, editable=False)

    class Meta(Timestamped.Meta):
        abstract = False
        indexes = [
            models.Index(
                fields=["due_on", "account"],
                name="subscription_due",
                condition=models.Q(due_on__isnull=False),
            ),
            models.Index(
                fields=["awaited_operation"],
                name="subscription_awaiting",
                condition=~models.Q(awaited_operation=""),
            ),
            models.Index(fields=["account", "id"], name="subscription_account"),
            models.Index(fields=["reseller", "id"], include=["status", "manager"], name="subscription_reseller"),
            # The list of a million rows: one index for each thing it is filtered by, and one for each sort.
            models.Index(fields=["id"], name="subscription_not_deleted", condition=~models.Q(status="deleted")),
            models.Index(fields=["status", "id"], include=["reseller", "manager"], name="subscription_status"),
            models.Index(fields=["billing_type"], name="subscription_billing_type"),
            models.Index(fields=["currency"], name="subscription_currency"),
            models.Index(fields=["plan", "id"], include=SCOPE, name="subscription_plan"),
            models.Index(fields=["manager", "id"], include=["status", "reseller"], name="subscription_manager"),
            models.Index(
                fields=["stop_reason", "id"],
                include=SCOPE,
                name="subscription_stopped",
                condition=~models.Q(stop_reason=""),
            ),
            models.Index(fields=["id"], include=SCOPE, name="subscription_trial", condition=models.Q(trial=True)),
            models.Index(
                fields=["id"],
                include=SCOPE,
                name="subscription_individual",
                condition=models.Q(individual_price=True),
            ),
            GinIndex(fields=["search_vector"], name="subscription_words"),
            *sort_indexes(
                texts=["name", "account_name", "plan_name"],
                numbers=["quantity", "updated_at", "created_at"],
                days=["next_billing_day", "start_date", "expiration_date"],
            ),
        ]
        triggers = [
            *Timestamped.Meta.triggers,
            pgtrigger.Trigger(
                name="gather_words",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("name", "account_name", "plan_name", "attributes", "parameters", "vendor_ids"),
                func=GATHER_WORDS,
            ),
            pgtrigger.Trigger(
                name="remember_new_words",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_rows"),
                func=REMEMBER_NEW_WORDS,
            ),
            pgtrigger.Trigger(
                name="remember_changed_words",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__search_vector__df=pgtrigger.F("new__search_vector")),
                func=REMEMBER_WORDS,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def postpay(self) -> bool:
        """Whether it is paid for afterwards, by invoice."""
        return self.payment_model == PaymentModel.POSTPAY

    @property
    def rules(self) -> Rules:
        """What its billing type says, in its payment model, to everything that can happen to it."""
        return rules_of(self.billing_type, trial=self.trial, postpay=self.postpay)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(condition=pghistory.AnyChange("quantity")))
class SubscriptionResource(Timestamped):
    """How many units of a resource a subscription has now, and at which price they were ordered."""

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="resources")
    plan_resource = models.ForeignKey("subscriptions.PlanResource", models.PROTECT, related_name="+")
    # Whether it is of the plan that the subscription has now: not of one that it was switched from, or is to be to.
    of_plan = models.BooleanField(default=True, db_default=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    quantity = models.PositiveIntegerField(_("quantity"), default=0)
    # Units that come with the plan and are not charged, as they were at ordering (G-D5).
    included = models.PositiveIntegerField(_("included"), default=0)
    # The plan's price on the day of ordering, per unit and month: what a fixed price stays at.
    ordering_price = models.DecimalField(_("ordering price"), max_digits=18, decimal_places=6)
    # The row of the plan's price list that it was taken from; those ordered before rows kept it have none.
    ordered_at = models.ForeignKey(
        "subscriptions.ResourcePrice", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # The day of that price, and the rows of the levels above that belong to it (billing.engine.chain).
    ordered_on = models.DateField(null=True, blank=True, editable=False)
    retail = ArrayField(models.BigIntegerField(), null=True, blank=True, editable=False)
    # The vendor's own id of these units, for example a Microsoft subscription id.
    vendor_reference = models.CharField(_("vendor's id"), max_length=200, blank=True)

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["subscription", "plan_resource"], name="subscription_resource_once")
        ]
        triggers = [
            *Timestamped.Meta.triggers,
            # The vendor's id is a word that the subscription is searched by.
            pgtrigger.Trigger(
                name="tell_new_reference",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__vendor_reference__df=""),
                func=TOUCH_SUBSCRIPTION,
            ),
            pgtrigger.Trigger(
                name="tell_changed_reference",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("vendor_reference"),
                condition=pgtrigger.Q(old__vendor_reference__df=pgtrigger.F("new__vendor_reference")),
                func=TOUCH_SUBSCRIPTION,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.quantity}"

    @property
    def taken(self) -> Taken:
        """Of which day its ordering price is, and which rows of the levels above belong to it."""
        return Taken(self.ordered_on, None if self.retail is None else tuple(self.retail))

    @property
    def chargeable(self) -> int:
        """Units that are charged: those held less what comes with the plan."""
        return self.chargeable_of(self.quantity)

    def chargeable_of(self, units: int) -> int:
        """Return how many of so many units would be charged: what comes with the plan is free."""
        return chargeable_units(units, self.included)


@pghistory.track(exclude=["value"])
class SubscriptionSecret(Timestamped):
    """A secret that the vendor told once, for example the first administrator's password; encrypted at rest.

    It is shown once, to one person, until that person has kept it; the history says when and to whom.
    """

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="secrets")
    key = models.CharField(max_length=60)
    value = models.TextField()
    shown_at = models.DateTimeField(_("shown at"), null=True, blank=True)
    shown_to = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    # From then on it is shown to nobody.
    kept_at = models.DateTimeField(_("kept at"), null=True, blank=True)

    # Encrypted columns, which the command rotate_secrets moves to the newest key.
    sealed_columns = ("value",)

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["subscription", "key"], name="subscription_secret_once")]

    def __str__(self) -> str:
        return f"{self.subscription}: {self.key}"
