"""Replies of the AV-Desk Web API, read from XML: whether they say true, what they hold, what was refused."""

from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

# Of the API's releases 2, 3 and 4, and of the sister product; they differ in the root alone.
ROOTS = frozenset({"drweb-avdesk-api", "avdesk-xml-api", "drweb-es-api"})

# Moments are told in seconds since 1970; nothing is told in greater numbers.
LONGEST_NUMBER = 19


class UnreadableReply(ValueError):
    """What came is no reply of the Web API, or not a whole one."""


class _NoDoctype(TreeBuilder):
    """Builds no document that declares entities: replies have none, and they are how XML attacks."""

    def doctype(self, name: str, _pubid: str | None, _system: str | None) -> None:
        raise UnreadableReply(f"The reply declares a document type ({name}).")


class Reply:
    """One reply: `refused` where the vendor says no, which it does with HTTP 200."""

    def __init__(self, content: bytes) -> None:
        """Read a reply; raises UnreadableReply for what is none."""
        parser = XMLParser(target=_NoDoctype())  # noqa: S314 - entities, the danger meant, are refused
        try:
            parser.feed(content)
            self.root: Element = parser.close()
        except UnreadableReply:
            raise
        except (ParseError, ValueError, LookupError) as fault:  # a declared encoding may be none, or not be met
            raise UnreadableReply("The reply is no XML.") from fault
        status = self.root.get("status", self.root.get("rc", ""))
        if self.root.tag not in ROOTS or status not in ("true", "false"):
            raise UnreadableReply(f"The reply is no answer of the Web API ({self.root.tag}).")
        self.refused = status == "false"

    @property
    def error(self) -> tuple[str, str]:
        """The number and the sentence of a refusal; the help publishes no list of the numbers."""
        return self.text("error/errno"), self.text("error/message")

    def text(self, path: str) -> str:
        """Return an element's text, "" where there is none."""
        return (self.root.findtext(path) or "").strip()

    def number(self, path: str) -> int:
        """Return an element's whole number; raises UnreadableReply where it is none."""
        return number(self.text(path), path)

    def all(self, path: str) -> list[Element]:
        """Return every element at a path."""
        return self.root.findall(path)

    def one(self, path: str) -> Element:
        """Return the only element at a path; raises UnreadableReply where there is another number of them."""
        found = self.all(path)
        if len(found) != 1:
            raise UnreadableReply(f"The reply holds {len(found)} of {path}, not one.")
        return found[0]


def number(text: str, what: str) -> int:
    """Return a whole number; raises UnreadableReply where the text is none."""
    if not (text.isascii() and text.isdecimal() and len(text) < LONGEST_NUMBER):
        raise UnreadableReply(f"{what} is {text[:30]!r}, not a number.")
    return int(text)


def same_id(one: str, other: str) -> bool:
    """Return whether two ids are the same: AV-Desk reads them in any case."""
    return one.casefold() == other.casefold()
