"""The anticipated "no": what a verb raises when it understands the wish and may not fulfil it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remedy:
    """Where what was refused is put right: a kind of deed and the object it is done to.

    Each panel translates it into an address (operator_panel/remedies.py, customer_panel/remedies.py), or into nothing
    for whom it is not. `amount` goes with a top-up, as plain digits.
    """

    kind: str
    pk: int = 0
    amount: str = ""


class Refused(Exception):
    """An anticipated "no", with a sentence for the user that names the field and the remedy.

    Subclassed beside the verb that raises it. `message` may be a lazy translation: it becomes text only when it is
    shown, in the language of whom it is shown to. `code` is for programs (the API, tests), `field` names the input
    that has to change, where there is one. Where several things are wrong at once, the first carries the others in
    `also`, so that each can be said at its own field (see Refusals). `remedy` says where it is put right.
    """

    code: str = "refused"
    field: str | None = None
    also: tuple["Refused", ...] = ()
    remedy: Remedy | None = None

    def __init__(
        self, message: object, *, code: str | None = None, field: str | None = None, remedy: Remedy | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        if code is not None:
            self.code = code
        if field is not None:
            self.field = field

    @property
    def sentence(self) -> str:
        """This refusal's own sentence in the language that is active now, without the others."""
        return str(self.message)

    @property
    def problems(self) -> tuple["Refused", ...]:
        """All that is wrong, this refusal first: what is shown at a field each (its `field` and `sentence`)."""
        return (self, *(problem for other in self.also for problem in other.problems))

    def __str__(self) -> str:
        """Return all that is wrong in the language that is active now, a sentence after the other."""
        return " ".join(problem.sentence for problem in self.problems)


def refusal_of(check: Callable[..., object], *asked: object) -> "Refused | None":
    """Return what a verb's own check refuses now, None where it lets what is asked pass: what a page may offer."""
    try:
        check(*asked)
    except Refused as refusal:
        return refusal
    return None


def allowed(check: Callable[..., object], *asked: object) -> bool:
    """Return whether a verb's own check lets what is asked pass."""
    return refusal_of(check, *asked) is None


class Refusals:
    """Gathers every "no" to one wish, so that all that is missing or wrong is said at once.

    with refusals.gathered(): check_one_thing()   # a Refused inside is kept, and the next check is made all the same
    refusals.raise_any()                          # raises the first, which carries the others
    """

    def __init__(self) -> None:
        self.found: list[Refused] = []

    def __bool__(self) -> bool:
        """Return whether something was refused."""
        return bool(self.found)

    def add(self, refusal: Refused) -> None:
        """Keep a refusal; the same sentence at the same field is said once."""
        for problem in refusal.problems:
            if not any((problem.field, problem.sentence) == (kept.field, kept.sentence) for kept in self.found):
                self.found.append(problem)

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Keep what a with block refuses, and go on behind it."""
        try:
            yield
        except Refused as refusal:
            self.add(refusal)

    def raise_any(self) -> None:
        """Raise the first refusal with the others in its `also`; do nothing where nothing was refused."""
        if self.found:
            first, *others = self.found
            first.also = tuple(others)
            for other in others:
                other.also = ()
            raise first
