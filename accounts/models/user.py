"""People who sign in: managers of the operator and of resellers, and users of customers' accounts."""

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.cleaning import clean_email
from core.fitting import Rows
from core.timestamps import Timestamped


class UserKind(models.TextChoices):
    MANAGER = "manager", _("Manager")
    CUSTOMER = "customer", _("Customer user")


class Role(models.TextChoices):
    """The four fixed roles of managers (operator guide 5.0)."""

    SALES = "sales", _("Sales person")
    MARKETING = "marketing", _("Marketing")
    OWNER = "owner", _("Product owner")
    ADMIN = "admin", _("System administrator")


class UserStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    INACTIVE = "inactive", _("Inactive")


class UserManager(BaseUserManager.from_queryset(Rows)):
    """Makes users with a hashed password."""

    def create_user(self, *, email: str, password: str | None = None, **fields: object) -> "User":
        """Create a user; without a password the user must be invited to choose one."""
        user = self.model(email=clean_email(email.lower()), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class SigningIn(UserManager):
    """Those whose address signs in: at most one person an address (allauth looks people up here, too)."""

    use_in_migrations = True  # migrations of libraries ask for `objects`

    def get_queryset(self) -> Rows:
        """Return everybody but the invited who have not accepted yet."""
        return super().get_queryset().filter(signs_in=True)


@pghistory.track(exclude=["password", "last_login", "reset_turn", "signs_in", "updated_at"])
class User(AbstractBaseUser, Timestamped):
    """A person with an e-mail as login. A manager has a reseller and a role; a customer user has accounts."""

    email = models.EmailField(_("e-mail"))
    # Whether a link that went to the address was opened; nobody else signs in with it then. An address that signs in
    # elsewhere is invited like any other, so that an invitation tells nothing of it (decision 28).
    signs_in = models.BooleanField(default=True, db_default=True, editable=False)
    name = models.CharField(pgettext_lazy("person", "name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=UserKind.choices)
    # Whose employee the manager is, or which reseller serves the customer user.
    reseller = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="people")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, blank=True)
    status = models.CharField(_("status"), max_length=20, choices=UserStatus.choices, default=UserStatus.ACTIVE)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    manager_key = models.CharField(_("key"), max_length=60, null=True, blank=True, unique=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    theme = models.CharField(_("theme"), max_length=10, default="auto")
    # Whether messages about the own wishes and the accounts' services are mailed as well; the panel shows them anyway.
    letters = models.BooleanField(_("letters about services"), default=True, db_default=True)
    attributes = models.JSONField(_("additional attributes"), default=dict, blank=True)

    # Raised with every link for a new password that is asked for, so that only the newest opens.
    reset_turn = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    everyone = UserManager()
    objects = SigningIn()

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["email"], condition=models.Q(signs_in=True), name="user_signs_in_once"),
            models.UniqueConstraint(
                Lower("email"), condition=models.Q(signs_in=True), name="user_signs_in_once_whatever_the_case"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="manager", role__in=Role.values) | models.Q(kind="customer", role=""),
                name="user_role_only_for_managers",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_active(self) -> bool:
        """Whether the person may sign in (Django asks this name)."""
        return self.signs_in and self.status == UserStatus.ACTIVE

    @property
    def is_manager(self) -> bool:
        """Whether the person works for the operator or a reseller."""
        return self.kind == UserKind.MANAGER


class Supervision(models.Model):
    """A supervisor sees what the subordinate sees: for sales people, the subordinate's accounts too."""

    supervisor = models.ForeignKey(User, models.CASCADE, related_name="subordinate_links")
    subordinate = models.ForeignKey(User, models.CASCADE, related_name="supervisor_links")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supervisor", "subordinate"], name="supervision_once"),
            models.CheckConstraint(
                condition=~models.Q(supervisor=models.F("subordinate")), name="supervision_not_of_oneself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supervisor} > {self.subordinate}"


class SignInAs(models.Model):
    """The trail of "sign in as the account's owner": who acted as whom, for which account, from when to when."""

    manager = models.ForeignKey(User, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="sign_ins_as_owner")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ip_address = models.GenericIPAddressField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.manager} as {self.user}"
