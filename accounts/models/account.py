"""The customer: its account, the terms it is served on, and the people who may act for it."""

from decimal import Decimal

import pghistory
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.fitting import MONEY
from core.timestamps import Timestamped


class PaymentModel(models.TextChoices):
    PREPAY = "prepay", _("Prepay")
    POSTPAY = "postpay", _("Postpay")


class HandlingType(models.TextChoices):
    """How stopping and deleting happen: by the platform, or through a manual operation."""

    AUTOMATIC = "automatic", _("Automatically")
    MANUAL = "manual", _("Manually")


class AccountStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    ADMINISTRATIVE_HOLD = "administrative_hold", _("Administrative hold")
    CREDIT_HOLD = "credit_hold", _("Credit hold")
    DELETED = "deleted", _("Deleted")


class AccessLevel(models.TextChoices):
    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    USER = "user", _("User")


class AccountType(Timestamped):
    """A classification of customers, for example business and personal."""

    reseller = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="account_types")
    name = models.CharField(_("name"), max_length=100)
    key = models.SlugField(_("key"), max_length=60)
    name_pattern = models.CharField(
        _("name pattern"),
        max_length=200,
        default="%primary_name",
        help_text=_("How an account's name is composed: %first_name %middle_name %last_name %primary_name"),
    )

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["reseller", "key"], name="account_type_key_unique")]

    def __str__(self) -> str:
        return self.name


class AccountClass(Timestamped):
    """Account terms: how an account pays and what happens when it does not."""

    reseller = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="account_classes")
    name = models.CharField(_("name"), max_length=100)
    key = models.SlugField(_("key"), max_length=60)
    color = models.CharField(_("colour"), max_length=20, blank=True)
    is_default = models.BooleanField(_("by default"), default=False)
    stop_type = models.CharField(
        _("stop subscription type"), max_length=20, choices=HandlingType.choices, default=HandlingType.AUTOMATIC
    )
    delete_type = models.CharField(
        _("delete subscription type"), max_length=20, choices=HandlingType.choices, default=HandlingType.AUTOMATIC
    )
    payment_model = models.CharField(
        _("payment model"), max_length=20, choices=PaymentModel.choices, default=PaymentModel.PREPAY
    )
    credit_limit = models.DecimalField(_("credit limit"), **MONEY, default=Decimal(0))
    pay_with_negative_balance = models.BooleanField(
        _("pay with negative balance"),
        default=False,
        help_text=_("When off, the credit limit is ignored and the balance may not go below zero."),
    )
    subzero_period = models.IntegerField(
        _("subzero period, days"),
        default=-1,
        help_text=_("How long the balance may stay negative within the limit; -1 means without end."),
    )
    cancel_unpaid_order_in = models.PositiveIntegerField(
        _("cancel unpaid order in, days"),
        null=True,
        blank=True,
        help_text=_("Orders not paid after so many days are cancelled; empty means never."),
    )
    # Of postpay: how much a subscription may owe, and how long a payment for rendered services is waited for.
    subscription_credit_limit = models.DecimalField(
        _("subscription credit limit"),
        **MONEY,
        null=True,
        blank=True,
        help_text=_("How much a subscription that is paid for afterwards may owe; empty means without limit."),
    )
    payment_expiration_days = models.PositiveIntegerField(
        _("payment expires in, days"),
        default=10,
        db_default=10,
        help_text=_("A payment for rendered services that is not paid after so many days stops its subscriptions."),
    )
    letters_of_invoices = models.BooleanField(
        _("letters of new invoices"),
        default=True,
        db_default=True,
        help_text=_("Customers are written to when an invoice is made, with what is to be paid of it."),
    )

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["reseller", "key"], name="account_class_key_unique"),
            models.UniqueConstraint(
                fields=["reseller"], condition=models.Q(is_default=True), name="account_class_one_default"
            ),
            models.CheckConstraint(condition=models.Q(credit_limit__gte=0), name="account_class_credit_limit_positive"),
            models.CheckConstraint(condition=models.Q(subzero_period__gte=-1), name="account_class_subzero_period"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(exclude=["updated_at"])
class Account(Timestamped):
    """A customer of one reseller: owns orders, subscriptions and money."""

    reseller = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="accounts")
    account_type = models.ForeignKey(AccountType, models.PROTECT, related_name="accounts")
    account_class = models.ForeignKey(AccountClass, models.PROTECT, related_name="accounts")
    manager = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="accounts_managed")
    status = models.CharField(_("status"), max_length=20, choices=AccountStatus.choices, default=AccountStatus.ACTIVE)
    name = models.CharField(_("name"), max_length=200)
    primary_name = models.CharField(_("company name"), max_length=200, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    trial = models.BooleanField(_("trial"), default=False)
    tax_id = models.CharField(_("tax number"), max_length=40, blank=True)
    # Contact person: signs the Microsoft agreement (CR-544).
    contact_first_name = models.CharField(_("first name"), max_length=50, blank=True)
    contact_middle_name = models.CharField(_("middle name"), max_length=50, blank=True)
    contact_last_name = models.CharField(_("last name"), max_length=50, blank=True)
    contact_email = models.EmailField(_("contact person's e-mail"), blank=True)
    contact_phone = models.CharField(_("contact person's phone"), max_length=40, blank=True)
    # Contact information: the e-mail is what Microsoft gets as main contact (CR-494).
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    street = models.CharField(_("street"), max_length=200, blank=True)
    building = models.CharField(_("building"), max_length=40, blank=True)
    office = models.CharField(_("office"), max_length=40, blank=True)
    zip = models.CharField(_("postal code"), max_length=20, blank=True)
    # An empty override means "use from the account class".
    credit_limit_override = models.DecimalField(_("own credit limit"), **MONEY, null=True, blank=True)
    subscription_credit_limit = models.DecimalField(_("own subscription credit limit"), **MONEY, null=True, blank=True)
    attributes = models.JSONField(_("additional attributes"), default=dict, blank=True)
    users = models.ManyToManyField("accounts.User", through="AccountMembership", related_name="accounts")

    class Meta(Timestamped.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["reseller", "id"], name="account_reseller"),
            models.Index(fields=["manager", "id"], name="account_manager"),
            models.Index(Lower("name"), "id", name="account_by_name"),
            models.Index(fields=["created_at", "id"], name="account_by_created_at"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def allowed_negative(self) -> Decimal:
        """How far below zero available funds may go, in the account's currency; needs account_class loaded."""
        if not self.account_class.pay_with_negative_balance:
            return Decimal(0)
        own = self.credit_limit_override
        return self.account_class.credit_limit if own is None else own

    @property
    def is_postpay(self) -> bool:
        """Whether what it uses is paid for afterwards; needs account_class loaded."""
        return self.account_class.payment_model == PaymentModel.POSTPAY

    @property
    def contact_person(self) -> str:
        """The contact person's full name, empty when none is given."""
        parts = (self.contact_first_name, self.contact_middle_name, self.contact_last_name)
        return " ".join(part for part in parts if part)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["updated_at"])
class AccountMembership(Timestamped):
    """What a customer user may do in one account."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="memberships")
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="memberships")
    access_level = models.CharField(_("access level"), max_length=20, choices=AccessLevel.choices)

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["account", "user"], name="membership_once"),
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(access_level="owner"), name="membership_one_owner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.account} ({self.access_level})"
