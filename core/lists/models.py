"""What is kept for lists: a person's own choice of columns and filters, named views, exports, words for searching."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.timestamps import Timestamped


class ListPreference(Timestamped):
    """One person's columns and filters of one list, in their order; an empty list means the default."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    listing = models.CharField(max_length=100)
    columns = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    filters = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    page_size = models.PositiveSmallIntegerField(default=50)

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["user", "listing"], name="list_preference_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.listing}"


class SavedView(Timestamped):
    """A named view: filters, search and sort of a list as its address keeps them, and the columns."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    listing = models.CharField(max_length=100)
    name = models.CharField(_("name"), max_length=60)
    query = models.TextField()
    # The columns as they were when it was kept, in their order; empty for a view of before they were kept: one's own.
    columns = ArrayField(models.CharField(max_length=60), default=list, blank=True)

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["user", "listing", "name"], name="list_view_name_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """What leads to the list as it was kept; the list's address says from then on which view it is."""
        return f"{self.query or '?'}{'&' if self.query.strip('?') else ''}view={self.pk}"


class ExportState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Being written")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


class ExportFormat(models.TextChoices):
    XLSX = "xlsx", "XLSX"
    CSV = "csv", "CSV"


class ListExport(Timestamped):
    """A list written to a file in the background; only `user` may fetch it, acting and seeing as when it was asked."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    listing = models.CharField(max_length=100)
    format = models.CharField(max_length=10, choices=ExportFormat.choices)
    # Address of the list, the columns, what the list was narrowed to, and for whom the person acted.
    query = models.TextField(blank=True)
    columns = ArrayField(models.CharField(max_length=60))
    narrow = models.JSONField(default=dict)
    acting_for = models.JSONField(default=dict)
    # Who was signed in as the person, and the whole of who acted for whom with which sight: compared at each fetch.
    impersonator = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", null=True)
    sight = models.CharField(max_length=120, default="")
    # The accounts that a sales person saw when the file was written; null where no account can be taken away.
    accounts_seen = ArrayField(models.BigIntegerField(), null=True)
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=ExportState.choices, default=ExportState.WAITING)
    rows_expected = models.PositiveBigIntegerField(null=True)
    rows_written = models.PositiveBigIntegerField(default=0)
    file = models.CharField(max_length=200, blank=True)
    failure = models.TextField(blank=True)
    # How often a worker began; one that is killed each time ends the export after a few.
    attempts = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta(Timestamped.Meta):
        abstract = False
        indexes = [models.Index(fields=["user", "-id"], name="list_export_of_a_person")]

    def __str__(self) -> str:
        return f"{self.listing} {self.pk}.{self.format}"


class WordVariant(models.Model):
    """A word that a list is searched by, under each spelling that lacks one letter: so typing errors meet the word."""

    # Collation C, whatever the database's: a prefix is a range of it.
    word = models.CharField(max_length=60, db_collation="C")
    variant = models.CharField(max_length=60, db_collation="C")

    class Meta:
        abstract = True
        indexes = [
            models.Index(fields=["word"], name="%(class)s_word"),
            models.Index(fields=["variant"], name="%(class)s_variant"),
        ]
