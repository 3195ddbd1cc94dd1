"""Rows of the outside world: connections to vendors, the intent of every call that changes something, the journal."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fitting import Fitting
from core.timestamps import Timestamped
from vendors.errors import sentence
from vendors.price_rows import PriceList, PriceSheet, VendorPrice  # noqa: F401  # Django finds an app's rows here
from vendors.reseller_rows import ResellerAtVendor  # noqa: F401  # likewise


class ConnectionState(models.TextChoices):
    """How far a connection is from being usable in an application template."""

    NEW = "new", _("New")
    WAITING_FOR_CONSENT = "waiting_for_consent", _("Waiting for consent")
    GRANTED = "granted", _("Granted")
    REGRANT_NEEDED = "regrant_needed", _("Permissions must be granted again")
    MISCONFIGURED = "misconfigured", _("Settings are wrong")


class OperationAction(models.TextChoices):
    PROVISION = "provision", _("Provision")
    CHANGE = "change", pgettext_lazy("operation", "Change")
    SUSPEND = "suspend", _("Suspend")
    RESUME = "resume", _("Resume")
    CANCEL = "cancel", pgettext_lazy("operation", "Cancel")
    RENEW = "renew", pgettext_lazy("operation", "Renew")
    SWITCH = "switch", pgettext_lazy("operation", "Switch")
    ARRANGE = "arrange", _("Arrange the end of the term")


class OperationState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    SENT = "sent", _("Sent")
    CONFIRMED = "confirmed", _("Confirmed")
    REJECTED = "rejected", _("Rejected")
    UNKNOWN = "unknown", _("Unknown")


UNFINISHED = (OperationState.PLANNED, OperationState.SENT, OperationState.UNKNOWN)


class VendorConnection(Timestamped):
    """One reseller's access to one vendor: its settings, its encrypted secrets, and whether they work."""

    reseller = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="vendor_connections")
    plugin = models.SlugField(_("vendor"), max_length=60)
    name = models.CharField(_("name"), max_length=200)
    # Settings that anybody with access may read, base addresses of the servers among them.
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    # Encrypted JSON (core/secrets.py): client secret, tokens. Never leaves this app in clear.
    secrets = models.TextField(default="", blank=True, editable=False)
    state = models.CharField(_("state"), max_length=30, choices=ConnectionState.choices, default=ConnectionState.NEW)
    granted_by = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("granted by")
    )
    granted_at = models.DateTimeField(_("granted at"), null=True, blank=True)
    token_issued_at = models.DateTimeField(_("token issued at"), null=True, blank=True)
    token_expires_on = models.DateTimeField(_("token expires on"), null=True, blank=True)
    # Until when our client certificate among the secrets is valid, where there is one.
    certificate_expires_at = models.DateTimeField(_("certificate valid until"), null=True, blank=True)
    last_check_at = models.DateTimeField(_("last checked at"), null=True, blank=True)
    # Since when an access that worked does not, and people were told; None while it works, and before it ever did.
    lost_at = models.DateTimeField(_("does not work since"), null=True, blank=True)
    # The sentence is kept as its English source and values, so that everybody reads it in their own language.
    last_error_code = models.CharField(max_length=60, blank=True)
    last_error_message = models.TextField(blank=True)
    last_error_values = models.JSONField(default=dict, blank=True)
    # What the vendor told about us when the access was checked, for example the partner's company name.
    details = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("created by")
    )

    # Encrypted columns, which the command rotate_secrets moves to the newest key.
    sealed_columns = ("secrets",)

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["reseller", "name"], name="vendor_connection_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def usable(self) -> bool:
        """Whether an application template may use this connection."""
        return self.state == ConnectionState.GRANTED

    @property
    def last_error(self) -> str:
        """What went wrong last, as a sentence in the active language; empty when nothing did."""
        return sentence(self.last_error_message, self.last_error_values)


# Members of an operation's result.
PROBLEMS, WAITING, PARKED = "problems", "waiting", "parked"
# Since when it meets trouble, and whether that has lasted so long that somebody has to look.
TROUBLED, LINGERS = "troubled", "lingers"


class Waited(models.TextChoices):
    """Mirrors vendors.base.Who: who has to act before an operation goes on."""

    CUSTOMER = "customer", _("the customer")
    OPERATOR = "operator", _("the operator")
    VENDOR = "vendor", _("the vendor")


@dataclass(frozen=True)
class Waits:
    """For whom an operation waits, and what is to be done, in the active language.

    `late`: so long that operators are told; `tells_contact`: the account's contact person has to hear of it.
    """

    who: Waited
    instruction: str
    since: datetime
    until: datetime | None
    late: bool = False
    tells_contact: bool = False


@dataclass(frozen=True)
class Parking:
    """A step of which nobody can look up whether it was carried out, and what has to be told where it was.

    `sealed`: secrets that may be told too.
    """

    step: str
    told: tuple[tuple[str, str], ...]
    sealed: tuple[tuple[str, str], ...] = ()


class VendorOperation(Timestamped):
    """The intent of one thing to be done at a vendor, written before the first call and kept after the last."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Empty for a plan that no vendor stands behind: such an operation is confirmed without a call.
    connection = models.ForeignKey(
        VendorConnection, models.PROTECT, null=True, blank=True, related_name="operations", verbose_name=_("connection")
    )
    action = models.CharField(_("action"), max_length=20, choices=OperationAction.choices)
    key = models.CharField(_("key"), max_length=200, unique=True)
    # Text references upwards, which this floor only carries: "order:17", "subscription:5".
    subject = models.CharField(_("subject"), max_length=100, db_index=True)
    service = models.CharField(_("service"), max_length=100, blank=True)
    # Whose wish it is, where it is a person's: who is told what came of it.
    asked_by = models.ForeignKey(
        "accounts.User",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("asked by"),
    )
    payload = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=20, choices=OperationState.choices, default=OperationState.PLANNED)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    planned_at = models.DateTimeField(_("planned at"))
    next_attempt_at = models.DateTimeField(_("next attempt at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    last_error_code = models.CharField(max_length=60, blank=True)
    last_error_message = models.TextField(blank=True)
    last_error_values = models.JSONField(default=dict, blank=True)
    result = models.JSONField(default=dict, blank=True)
    # How often it waited for a vendor that was busy or did not know yet what it had made: bounded (vendors/steps.py).
    waits = models.PositiveSmallIntegerField(default=0)
    # Encrypted JSON: what the vendor tells once and nobody may read in clear, for example a first password.
    sealed = models.TextField(default="", blank=True, editable=False)

    sealed_columns = ("sealed",)

    class Meta(Timestamped.Meta):
        abstract = False
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(state__in=UNFINISHED),
                name="vendor_operation_unfinished",
            ),
            models.Index(fields=["service"], condition=models.Q(state__in=UNFINISHED), name="vendor_operation_in_line"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def finished(self) -> bool:
        """Whether nothing remains to be done, for better or worse."""
        return self.state not in UNFINISHED

    @property
    def last_error(self) -> str:
        """What went wrong last, as a sentence in the active language; empty when nothing did."""
        return sentence(self.last_error_message, self.last_error_values)

    @property
    def begun_steps(self) -> dict[str, dict[str, Any]]:
        """The steps that are done, or may be, by name, each with what it left behind."""
        begun = [OperationState.CONFIRMED, OperationState.SENT, OperationState.UNKNOWN]
        return {step.name: step.result or {} for step in self.calls.filter(state__in=begun)}

    @property
    def problems(self) -> tuple[tuple[str, str], ...]:
        """What the vendor refused last at which field of the account or the order, in the active language."""
        kept = self.result.get(PROBLEMS, ())
        return tuple((problem["field"], sentence(problem["message"], problem["values"])) for problem in kept)

    @property
    def waits_for(self) -> Waits | None:
        """For whom it waits; None where it is finished or under way."""
        kept = self.result.get(WAITING)
        if kept is None or self.finished:
            return None
        until = datetime.fromisoformat(kept["until"]) if kept["until"] else None
        instruction = sentence(kept["message"], kept["values"])
        since = datetime.fromisoformat(kept["since"])
        late, contact = bool(kept.get("late")), bool(kept.get("tells_contact"))
        return Waits(Waited(kept["who"]), instruction, since, until, late, contact)

    @property
    def parked(self) -> Parking | None:
        """The step of which an operator has to say whether it was carried out; None where there is none."""
        kept = self.result.get(PARKED)
        if kept is None or self.finished:
            return None
        told, sealed = (tuple((name, label) for name, label in kept.get(part, ())) for part in ("told", "sealed"))
        return Parking(kept["step"], told, sealed)

    @property
    def doubtful_since(self) -> datetime | None:
        """Since when it is in trouble that somebody has to look at: parked, or too long without an end; else None."""
        if self.finished or not (PARKED in self.result or LINGERS in self.result):
            return None
        kept = self.result.get(TROUBLED)
        return datetime.fromisoformat(kept) if kept else self.planned_at

    @property
    def notes(self) -> tuple[str, ...]:
        """What people have to know of it though it succeeded, as sentences in the active language."""
        return tuple(sentence(note["message"], note["values"]) for note in self.result.get("notes", ()))


class VendorCall(Timestamped):
    """One changing call inside an operation: committed before it is sent, so that nothing is ever sent unrecorded."""

    operation = models.ForeignKey(VendorOperation, models.CASCADE, related_name="calls")
    name = models.CharField(_("step"), max_length=100)
    request_id = models.UUIDField(_("request id"))
    state = models.CharField(_("state"), max_length=20, choices=OperationState.choices)
    # A server error is an answer of sorts: what happened is not known, yet the next attempt needs a new request id.
    answered = models.BooleanField(default=False)
    result = models.JSONField(null=True, blank=True)
    # Since when a step in doubt is looked for, how often it was not there though it should have been visible, and when
    # it was last looked for (vendors/steps.py).
    doubtful_since = models.DateTimeField(null=True, blank=True)
    empty_looks = models.PositiveSmallIntegerField(default=0)
    looked_at = models.DateTimeField(null=True, blank=True)

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["operation", "name"], name="vendor_call_once_per_operation")]

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"


class VendorExchange(Fitting):
    """A journal line: one HTTP exchange with a vendor, secrets masked, bodies trimmed."""

    # No constraint: the line is written at once, outside the transaction that may have made the connection.
    connection = models.ForeignKey(
        VendorConnection, models.CASCADE, null=True, blank=True, related_name="exchanges", db_constraint=False
    )
    operation_id = models.UUIDField(null=True, blank=True, db_index=True)
    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)
    method = models.CharField(_("method"), max_length=10)
    url = models.TextField(_("address"))
    status = models.PositiveSmallIntegerField(_("status"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=200, blank=True)
    milliseconds = models.PositiveIntegerField(_("milliseconds"))
    request_id = models.CharField(_("request id"), max_length=100, blank=True)
    request_headers = models.JSONField(default=dict)
    request_body = models.TextField(blank=True)
    response_headers = models.JSONField(default=dict)
    response_body = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["connection", "-id"], name="vendor_exchange_recent")]

    def __str__(self) -> str:
        return f"{self.method} {self.url} {self.status or self.error}"


class UsageBookmark(Fitting):
    """Up to where a stream of a connection's usage reports has been read whole; the plugin's own words."""

    connection = models.ForeignKey(VendorConnection, models.CASCADE, related_name="usage_bookmarks")
    stream = models.CharField(max_length=200, blank=True)
    bookmark = models.CharField(max_length=500)
    moved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "stream"], name="usage_bookmark_once")]

    def __str__(self) -> str:
        return f"{self.stream}: {self.bookmark}"


class ReportedWindow(Fitting):
    """A window of a connection's usage reports: which of its readings counts, and whether its lines are told on.

    A reading counts once it is whole. Those before it are kept until what they changed is told.
    """

    connection = models.ForeignKey(VendorConnection, models.CASCADE, related_name="usage_windows", db_index=False)
    stream = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=200)
    reading = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    told = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "stream", "key"], name="usage_window_once")]

    def __str__(self) -> str:
        return f"{self.stream} {self.key}"


class ReportedLine(Fitting):
    """A line of a reading of a window, as vendors/capabilities.py says what it is."""

    window = models.ForeignKey(ReportedWindow, models.CASCADE, related_name="lines", db_index=False)
    reading = models.PositiveIntegerField()
    service = models.CharField(max_length=200)
    meter = models.CharField(max_length=200)
    key = models.CharField(max_length=500)
    quantity = models.DecimalField(max_digits=28, decimal_places=15)
    day = models.DateField()
    cost = models.DecimalField(max_digits=28, decimal_places=15, null=True)
    currency = models.CharField(max_length=3, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["window", "reading"], name="usage_line_of_window"),
            models.Index(fields=["service", "day"], name="usage_line_of_service"),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.meter} {self.day}: {self.quantity}"
