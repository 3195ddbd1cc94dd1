"""Names and addresses as they are kept: one spelling for what looks the same, and a visible end where one is too long.

Every row that is written passes here (core/fitting.py); verbs ask it too where they look a name up before.
"""

import re
import unicodedata

import idna

ELLIPSIS = "…"
# What is seen as nothing (Unicode's Default_Ignorable_Code_Point, unassigned ones among them, and blank letters):
# fillers, joiners, variation selectors, tags, marks of music and shorthand, braille's blank.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\ufffc"
    "\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def clean_text(text: str) -> str:
    """Return a name without what nobody sees: composed (NFC), spaces of every kind as one, no invisible characters.

    Zero-width characters, marks of direction, soft hyphens and byte order marks go; so two names that look the same
    are the same. What is no text (NUL, half a character) stays, to be refused where it is kept.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    letters = []
    for letter in _UNSEEN.sub("", unicodedata.normalize("NFC", text)):
        kind = unicodedata.category(letter)
        if letter.isspace() or kind == "Zs":
            letters.append(" ")
        elif letter == "\0" or kind not in ("Cc", "Cf"):
            letters.append(letter)
    return " ".join("".join(letters).split())


def clean_email(address: str) -> str:
    """Return an e-mail address in its one spelling: cleaned, the domain in lower case and as mail servers know it.

    A domain in other letters is kept in ASCII (IDNA), however it was typed: мир.example and xn--h1ahn.example are one.
    It is that of today's registries and browsers (IDNA 2008): straße.example is not strasse.example, whose owner would
    read the letters. What is no domain stays as it is, to be refused by who checks addresses.
    """
    local, at, domain = clean_text(address).replace(" ", "").rpartition("@")
    domain = re.sub("[\u3002\uff0e\uff61]", ".", domain).lower()
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except idna.IDNAError:
            return f"{local}{at}{domain}"
    return f"{local}{at}{domain.removesuffix('.')}"


def shortened(text: str, most: int) -> str:
    """Return a composed name of at most so many characters; one that is cut ends in an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rstrip() + ELLIPSIS
