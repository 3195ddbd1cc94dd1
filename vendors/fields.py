"""Inputs that the platform draws for a plugin: of the connection page, of an application template, of an order."""

from base64 import b64decode, b64encode
from binascii import Error
from dataclasses import dataclass
from enum import StrEnum


class FieldKind(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    YES_NO = "yes_no"  # YES, or empty
    SECRET = "secret"  # noqa: S105  # a kind of field, not a secret
    FILE = "file"  # a key or a certificate, kept as a secret is: packed by `packed`, read by `content_of`
    URL = "url"
    CHOICE = "choice"
    COUNTRY = "country"  # a code of ISO 3166, chosen from the list of countries


YES = "yes"
SECRET_KINDS = frozenset({FieldKind.SECRET, FieldKind.FILE})


@dataclass(frozen=True)
class Field:
    """One input of a form that the platform draws for a plugin. Its value is always a text."""

    name: str
    label: object
    kind: FieldKind = FieldKind.TEXT
    required: bool = True
    help: object = ""
    choices: tuple[tuple[str, object], ...] = ()
    default: str = ""
    # Changing it makes an earlier consent void (the application or the tenant is another one).
    voids_consent: bool = False
    # An answer of an order: the step (Steps.once) that uses it up; once that is done it can no longer be corrected.
    used_by: str = ""
    # A question of an order that is asked once these others are answered: VendorPlugin.follow_up says how.
    after: tuple[str, ...] = ()
    # A template of the plugin's, shown under the input, that helps to fill it in; without it the input is enough.
    helper: str = ""
    # Bounds of a NUMBER.
    minimum: int | None = None
    maximum: int | None = None

    @property
    def is_secret(self) -> bool:
        """Whether the value is kept encrypted and never shown again."""
        return self.kind in SECRET_KINDS


def packed(content: bytes) -> str:
    """Return a file as the text that is kept of it: base64."""
    return b64encode(content).decode("ascii")


def content_of(value: str) -> bytes:
    """Return the bytes of a file that was kept by `packed`; raises ValueError for what was not."""
    try:
        return b64decode(value, validate=True)
    except Error as fault:
        raise ValueError("This is no file that was uploaded here.") from fault
