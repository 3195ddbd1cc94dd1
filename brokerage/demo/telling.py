"""Prints the story, a line for each step with its amount, and keeps count of what is not as it must be."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

TEXT_WIDTH = 74


class Teller:
    """Tells the story and checks it; `wrong` holds a sentence for everything that was not as it must be."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self.write = write
        self.checked = 0
        self.wrong: list[str] = []

    def heading(self, text: str) -> None:
        """Begin a part."""
        self.write(f"\n{text}")

    def step(self, text: str, *, day: date | None = None) -> None:
        """Tell what was done, on a day of the story where it has one."""
        self.write(f"  {_day(day)}  {text}")

    def amount(self, text: str, amount: Decimal, *, expected: Decimal, day: date | None = None, unit: str = "") -> None:
        """Tell what something came to, and check it to the cent."""
        right = self.check(text, amount, expected)
        mark = "" if right else f"   WRONG: must be {expected:,.2f}"
        self.write(f"  {_day(day)}  {text:<{TEXT_WIDTH}}{amount:>10,.2f}{f' {unit}' if unit else ''}{mark}")

    def check(self, what: str, is_so: object, must_be: object) -> bool:
        """Count a check, and note it where `is_so` is not what it must be."""
        self.checked += 1
        if is_so == must_be:
            return True
        self.wrong.append(f"{what}: is {is_so}, must be {must_be}")
        return False

    def verdict(self) -> bool:
        """Tell how the checks went; return whether all is right."""
        if self.wrong:
            self.heading(f"{len(self.wrong)} of {self.checked} checks are WRONG:")
            for sentence in self.wrong:
                self.write(f"  {sentence}")
        else:
            self.heading(f"All {self.checked} checks are right, every amount to the cent, and the books agree.")
        return not self.wrong


def _day(day: date | None) -> str:
    return f"{day:%d %b %Y}" if day else " " * 11
