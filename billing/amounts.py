"""What a sum of money that somebody enters has to be."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from billing.charging import in_minor_units
from core.errors import Refused
from core.fitting import LARGEST_TYPED
from core.money import minor_units


class NotAnAmount(Refused):
    """The amount is nothing, less than nothing, or finer than the currency's smallest unit."""

    code = "not_an_amount"
    field = "amount"


def check_amount(amount: Decimal, currency: str) -> None:
    """Do nothing for a sum of the currency that is more than zero, else raise NotAnAmount with the remedy."""
    if not amount.is_finite() or amount <= 0:
        raise NotAnAmount(_("The amount must be more than zero."))
    if amount >= LARGEST_TYPED:
        raise NotAnAmount(_("The amount is too large to be true. Check the number of zeros."))
    if amount != in_minor_units(amount, currency):
        raise NotAnAmount(
            _("The amount may have at most %(decimals)s decimals in %(currency)s.")
            % {"decimals": minor_units(currency), "currency": currency}
        )
