"""What a confirmation shows, and the mark of it that the form carries: by it the deed is held to what was shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core import signing

from core.fingerprint import fingerprint_of

# The name of the hidden input.
SHOWN = "shown"
_SALT = "core.panel.shown"
_AMOUNTS = ("total", "reserved", "released", "waits_for_vendor", "monthly", "owed", "owed_at_most", "tax")
_OF_A_CHARGE = ("description", "operate_from", "operate_to", "quantity", "unit_price", "status", "amount")


@dataclass(frozen=True, slots=True)
class Line:
    """A charge as the confirmation lists it: with what becomes of it ("released"), and the amount that is of it."""

    charge: Any
    effect: object
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the confirmation says: what becomes of each charge, what is to be paid, and what the button does.

    `charges` are those that are made or get another status; `lines` how they are listed, with those that stay; without
    any the charges are listed as they are. `day` is the day of the deed where money moves. All of it counts when it is
    asked whether the deed is still the one that was shown. Amounts are in `currency`: `total` is to be paid now,
    `reserved` and `released` today, `waits_for_vendor` is available once the vendor has confirmed, `monthly` is what
    the billing day `monthly_from` and each one after it reserves, up to `monthly_until`, from which nothing is served.
    Where it is paid for afterwards nothing is to be paid now: `reserved` and `released` are owed more and less, `owed`
    is owed then, `owed_at_most` the limit of it (None: none), and `invoiced_on` the day of the next invoice. `tax` is
    what taxes add to the charges: a part of `total`.
    """

    question: object
    submit: object
    # None where no money moves: then nothing is said of charges at all.
    charges: Iterable[Any] | None = ()
    currency: str = ""
    total: Decimal | None = None
    balance_after: Decimal | None = None
    text: object = ""
    lines: Sequence[Line] = ()
    reserved: Decimal | None = None
    released: Decimal | None = None
    waits_for_vendor: Decimal | None = None
    monthly: Decimal | None = None
    monthly_from: date | None = None
    monthly_until: date | None = None
    day: date | None = None
    owed: Decimal | None = None
    owed_at_most: Decimal | None = None
    invoiced_on: date | None = None
    tax: Decimal | None = None

    @property
    def after_vendor(self) -> Decimal | None:
        """What is available once the vendor has confirmed; None where that is nothing else."""
        if self.balance_after is None or self.waits_for_vendor is None:
            return None
        return self.balance_after + self.waits_for_vendor

    @property
    def listed(self) -> Sequence[Line]:
        """The lines of the confirmation."""
        if self.lines:
            return self.lines
        return [Line(charge, charge.get_status_display(), charge.amount) for charge in self.charges or ()]


def mark_of(shown: Shown, note: object = "") -> str:
    """Return the mark of a confirmation: a fingerprint of all that it says, and what it says is available afterwards.

    Signed, so that only a page of ours makes one. What is available stands apart: more of it is no other deed.
    """
    left = None if shown.balance_after is None else f"{_plain(shown.balance_after)}"
    return signing.dumps({"said": _said(shown, note), "left": left}, salt=_SALT)


def agrees(mark: str, shown: Shown, note: object = "") -> bool:
    """Return whether the mark's confirmation said the same, and of the available funds no more than is left now."""
    try:
        seen = signing.loads(mark, salt=_SALT)
    except signing.BadSignature:
        return False
    if seen["said"] != _said(shown, note):
        return False
    if seen["left"] is None:
        return True
    return shown.balance_after is not None and shown.balance_after >= Decimal(seen["left"])


def _said(shown: Shown, note: object) -> str:
    return fingerprint_of(
        {
            "words": [str(shown.question), str(shown.text), str(shown.submit), str(note)],
            "charges": None if shown.charges is None else _lines(shown.charges),
            "lines": sorted([*_lines([line.charge])[0], str(line.effect), _plain(line.amount)] for line in shown.lines),
            "amounts": [_plain(getattr(shown, name)) for name in _AMOUNTS],
            "months": [str(shown.monthly_from), str(shown.monthly_until), str(shown.invoiced_on)],
            "currency": shown.currency,
            "day": shown.day,
        }
    )


def _lines(charges: Iterable[Any]) -> list[list[object]]:
    """Return the charges as they are told apart by a reader, in an order of their own: rows are numbered anew."""
    lines = [[_plain(getattr(charge, name, None)) for name in _OF_A_CHARGE] for charge in charges]
    return sorted(lines, key=str)


def _plain(value: object) -> object:
    """Return a number without the zeros behind it, so that 3.00 and 3 are the same; all else as its text."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
