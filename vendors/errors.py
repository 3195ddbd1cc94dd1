"""What can go wrong at a vendor, sorted by what to do next; each with a sentence for the operator."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop, override

from core.countries import country_name

# How long, in seconds, a vendor may make us wait for the next attempt, whatever it asks for; and how shortly.
LONGEST_WAIT = 3600.0
SHORTEST_WAIT = 1.0

NOT_KNOWN_YET = gettext_noop("The vendor does not know yet what it has just made. It will be asked again by itself.")

# A value that is a text of ours (the label of a field, another error's sentence) is kept by its English source.
Value = str | dict[str, Any]


class Country(str):
    """The code of a country among a sentence's values: told by its name, in the reader's language."""

    __slots__ = ()


def sentence(message: str, values: Mapping[str, Value]) -> str:
    """Return a sentence that was kept as its source and its values, in the active language; empty where none was."""
    if not message:
        return ""
    return gettext(message) % {name: _told(value) for name, value in values.items()}


def _told(value: Value) -> str:
    if isinstance(value, str):
        return value
    if "country" in value:
        return country_name(value["country"])
    return sentence(value["text"], value["values"]) if "values" in value else gettext(value["text"])


def kept(values: Mapping[str, object]) -> dict[str, Value]:
    """Return a sentence's values as rows keep them: what is to be translated stays untranslated."""
    return {name: _kept(value) for name, value in values.items()}


def _kept(value: object) -> Value:
    if isinstance(value, VendorError):
        return {"text": value.message, "values": value.values}
    if isinstance(value, Country):
        return {"country": str(value)}
    if not isinstance(value, Promise):
        return str(value)
    with override(None):
        return {"text": str(value)}


def bounded_wait(seconds: float | None) -> float | None:
    """Return a wait between SHORTEST_WAIT and LONGEST_WAIT; None where nothing sensible was asked for."""
    if seconds is None or math.isnan(seconds):
        return None
    return min(max(float(seconds), SHORTEST_WAIT), LONGEST_WAIT)


class VendorError(Exception):
    """Trouble at a vendor, told in one sentence.

    `message` is English source text marked with gettext_noop, `values` fills its placeholders (texts of ours marked
    with gettext_lazy, other errors): rows keep both, so that the sentence is read in the reader's language. `code` is
    for programs: the vendor's own code where it gave one. `at` names the input that has to change, where there is
    one: a field of the account or of the order's answers. Several things that are wrong at once are told by `together`.
    `retry_after` is in how many seconds another attempt makes sense, where that is known.
    """

    default_code = "vendor_error"
    also: tuple["VendorError", ...] = ()
    retry_after: float | None = None
    # What was answered (requests.Response), where the HTTP session met trouble in an answer; kept in no row.
    response: Any = None

    def __init__(self, message: str, *, code: str = "", at: str = "", **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.field = at
        self.values = kept(values)

    @property
    def problems(self) -> tuple["VendorError", ...]:
        """What is wrong, each with its own field and sentence: the error itself, unless it tells of several."""
        return self.also or (self,)

    def __str__(self) -> str:
        """Return the sentence in the active language."""
        return sentence(self.message, self.values)


class Transient(VendorError):
    """Certainly not done, and worth trying again later: throttling, a server that cannot be reached, not ready yet.

    `retry_after` is what the vendor asked for, in seconds, kept within bounds. `at_once` says that the reason has
    already been removed (a stale access token was renewed, a stale version was read again), so that one more try makes
    sense immediately.
    """

    default_code = "transient"

    def __init__(
        self, message: str, *, code: str = "", retry_after: float | None = None, at_once: bool = False, **values: object
    ) -> None:
        super().__init__(message, code=code, **values)
        self.retry_after = bounded_wait(retry_after)
        self.at_once = at_once


class NotAnswering(Transient):
    """What answers at the address is not the vendor, or cannot be read."""


class NotYet(Transient):
    """Passes by itself if it passes at all: the vendor is busy with the object, or does not know yet what it made.

    Waited for with growing pauses a bounded number of times: `waits`, or WAITS of vendors/steps.py. `refusal` is what
    it is taken for afterwards.
    """

    default_code = "not_yet"

    def __init__(
        self, message: str, *, refusal: "Rejected", waits: int | None = None, code: str = "", **values: object
    ) -> None:
        super().__init__(message, code=code, **values)
        self.refusal = refusal
        self.waits = waits


class LostAnswer(VendorError):
    """The call went out and nobody knows whether it was carried out. It is probed, never blindly repeated.

    `answered` is true when there was an answer that says nothing (a server error): the next attempt then needs a new
    request id.
    """

    default_code = "lost_answer"

    def __init__(self, message: str, *, code: str = "", answered: bool = False, **values: object) -> None:
        super().__init__(message, code=code, **values)
        self.answered = answered


class StillUnknown(VendorError):
    """The probe could not tell either: parked, and probed again later."""

    default_code = "still_unknown"


class NotVisibleYet(StillUnknown):
    """The vendor's records do not show what was sent, and may not have caught up yet: looked at again later."""

    default_code = "not_visible_yet"

    def __init__(self, message: str, *, retry_after: float, **values: object) -> None:
        super().__init__(message, **values)
        self.retry_after = bounded_wait(retry_after)


class Unlisted(StillUnknown):
    """What may have been made is in no list of the vendor's, can be read by no id, and must not be made again.

    Raised by `find`, or by a `send` that meets it. Believed like "not there" (lists lag); then the step is parked with
    this sentence, which says what was looked for and where. Where nothing is in doubt, it means: not there.
    """

    default_code = "unlisted"


class Parked(StillUnknown):
    """Nobody can look up whether a step was carried out, and it is never sent twice: an operator has to say.

    `step` names it; `told` are the members of its result, (name, English label), which the operator types where it was,
    `sealed` the secrets that may be typed as well.
    """

    default_code = "parked"

    def __init__(
        self,
        message: str,
        *,
        step: str,
        told: Sequence[tuple[str, str]] = (),
        sealed: Sequence[tuple[str, str]] = (),
        **values: object,
    ) -> None:
        super().__init__(message, step=step, **values)
        self.step, self.told, self.sealed = step, tuple(told), tuple(sealed)


class Rejected(VendorError):
    """The vendor understood and said no: nothing changes until somebody changes the request."""

    default_code = "rejected"


class Gone(Rejected):
    """The vendor no longer has what the operation is about, and says so itself: removed there, the relation ended.

    Raised by a plugin only where the vendor's own words say it (a gateway's 404, a wrong base address, a connection
    that lost its rights know nothing of the service), and after everything that is still there was seen to. The
    platform takes it from there: stopping and deleting what is gone is done, with a note; changing and resuming it is
    refused with the way out (vendors/operations.py).
    """

    default_code = "gone"


ORDER_ANEW = gettext_noop("%(reason)s Delete the subscription here, then order it anew.")


TRY_AGAIN = gettext_noop("%(reason)s Try again: what is no longer there is made anew.")


def told_with_the_way_out(gone: Gone) -> Gone:
    """Return the same with what to do about it."""
    return Gone(ORDER_ANEW, code=gone.code, reason=gone)


def gone_while_ordering(gone: Gone) -> "NotYet":
    """Return what it means that an order's own beginnings are not there: not known yet, and gone if it stays so."""
    return NotYet(NOT_KNOWN_YET, code=gone.code, refusal=Gone(TRY_AGAIN, code=gone.code, reason=gone))


def together(problems: Sequence[Rejected]) -> Rejected:
    """Return one refusal that tells of all the problems, each of which keeps its own field and sentence."""
    first, *others = problems
    if not others:
        return first
    whole: Rejected = first
    for other in others:
        whole = Rejected("%(one)s %(another)s", code=first.code, one=whole, another=other)
    whole.also = tuple(problems)
    return whole


class NotFound(Rejected):
    """The vendor does not know what was asked for; `sought` is the address that was asked, with the ids in it.

    Where this very operation has just made one of those ids, it becomes NotYet: the vendor's servers do not all know at
    once what one of them has made.
    """

    default_code = "not_found"

    def __init__(self, message: str, *, sought: str, code: str = "", **values: object) -> None:
        super().__init__(message, code=code, **values)
        self.sought = sought

    def not_yet(self, *, waits: int | None = None) -> NotYet:
        """Return the same as trouble that passes by itself."""
        return NotYet(NOT_KNOWN_YET, code=self.code, refusal=self, waits=waits)


@contextmanager
def answering() -> Iterator[None]:
    """Take what does not answer like the vendor for a wrong address: while a connection's access is checked."""
    try:
        yield
    except NotAnswering as trouble:
        wrong = Misconfigured(trouble.message, code=trouble.code)
        wrong.values = trouble.values
        raise wrong from trouble


@contextmanager
def just_made(*, waits: int | None = None) -> Iterator[None]:
    """Take "not found" for "not yet", waited for so often: what is asked for was made by this very operation."""
    try:
        yield
    except NotFound as missing:
        raise missing.not_yet(waits=waits) from missing


class ConsentNeeded(VendorError):
    """The vendor no longer trusts our token: a person has to grant the permissions again."""

    default_code = "consent_needed"


class Misconfigured(VendorError):
    """The connection's settings are wrong: granting again will not help, correcting them will."""

    default_code = "misconfigured"


class ConsentDeclined(ConsentNeeded):
    """The person asked to grant the permissions said no."""

    default_code = "consent_declined"
