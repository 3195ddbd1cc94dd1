"""What a call brought: a JSON object whose members are read as the vendor reads them, in any case."""

from datetime import date
from typing import Any

from sandbox.eset.errors import invalid
from sandbox.eset.world import Document
from sandbox.wsgi import BadJsonError, Request

MOST_A_PAGE = 100


class Asked:
    """The members of a request, each read by what it has to be; raises EsetError for what it is not."""

    def __init__(self, request: Request, username: str = "") -> None:
        self.username = username
        try:
            value = request.json() or {}
        except BadJsonError:
            value = None
        if not isinstance(value, dict):
            raise invalid("request")
        self._members: Document = {str(name).lower(): inner for name, inner in value.items()}

    def has(self, name: str) -> bool:
        """Say whether the member is there at all: absent and empty are told apart where something is updated."""
        return name.lower() in self._members

    def get(self, name: str, default: Any = None) -> Any:
        """Return a member as it came."""
        return self._members.get(name.lower(), default)

    def text(self, name: str) -> str:
        """Return a text, "" for an absent one."""
        value = self.get(name, "")
        if not isinstance(value, str):
            raise invalid(name)
        return value.strip()

    def required(self, name: str) -> str:
        """Return a text that has to be there."""
        value = self.text(name)
        if not value:
            raise invalid(name)
        return value

    def number(self, name: str) -> int:
        """Return a whole number that has to be there."""
        value = self.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise invalid(name)
        return value

    def day(self, name: str) -> date:
        """Return a day, written YYYY-MM-DD."""
        try:
            return date.fromisoformat(self.required(name))
        except ValueError:
            raise invalid(name) from None

    def texts(self, name: str) -> list[str]:
        """Return a list of texts, an empty one where it is absent."""
        value = self.get(name) or []
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise invalid(name)
        return value

    def page_of(self, rows: list[Document]) -> list[Document]:
        """Return the page that was asked for by skip and take (1 to 100)."""
        skip, take = self.number("skip"), self.number("take")
        wrong = [name for name, bad in (("skip", skip < 0), ("take", not 1 <= take <= MOST_A_PAGE)) if bad]
        if wrong:
            raise invalid(*wrong)
        return rows[skip : skip + take]
