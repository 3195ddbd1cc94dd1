"""The day of an account's books."""

from django.db import models

from core.fitting import Fitting


class BooksDay(Fitting):
    """The last day that was carried out, or on which anything was booked, for one account; it never moves back.

    A row of its own and not a column of the account: it moves with every act, and nobody edits it.
    """

    account = models.OneToOneField("accounts.Account", models.PROTECT, primary_key=True, related_name="+")
    day = models.DateField()

    def __str__(self) -> str:
        return f"{self.account_id}: {self.day}"
