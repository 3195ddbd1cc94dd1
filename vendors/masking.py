"""Takes secrets out of what is written to the journal: by the name they go under, by shape, and by value."""

import json
import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, urlencode, urlsplit, urlunsplit

MASK = "***"
SECRET_NAMES = frozenset(
    [
        "authorization",
        "proxy-authorization",
        "cookie",
        "set-cookie",
        "client_secret",
        "client_assertion",
        "refresh_token",
        "access_token",
        "id_token",
        "password",
        "assertion",
        "code_verifier",
        "secret",
        "api_key",
        "apikey",
        "x-api-key",
        "token",
        "private_key",
        "otp",
    ]
)
# An authorization code is secret in a form or an address; in JSON "code" is an error's number.
SECRET_PARAMETERS = SECRET_NAMES | {"code", "client_info"}
BODY_LIMIT = 4000
PARSE_LIMIT = 200_000
SHORTEST_VALUE = 6

_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+")
_VALUE = re.compile(r"""(?i)(\svalue\s*=\s*)(?:"[^"]*(?:"|$)|'[^']*(?:'|$))""")
# Elements of HTML that have no end tag: a gateway's page may ask for a password.
_VOID = frozenset({"input", "meta", "param", "link"})
_JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")


class Masking:
    """Masks by names: those that are secret everywhere, and a vendor's own (VendorPlugin.secret_names).

    A name is a header, a parameter of a form or an address, a member of JSON, an element or an attribute of XML, or
    what an XML element or a JSON object bears in its `key` or `name`: then its text, or its `value`, is the secret.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.names = SECRET_NAMES | {name.lower() for name in names}
        self.parameters = SECRET_PARAMETERS | self.names
        self._ways: dict[str, list[str]] = {}  # of each value, which each header and body is searched for
        either = "|".join(re.escape(name) for name in sorted(self.names))
        # A text, a number, or what is nested: of a body that is cut, up to its end.
        nested = r"[\[{][^\]}]*[\]}]?"
        self._member = re.compile(rf'(?i)("(?:{either})"\s*:\s*)(?:"(?:[^"\\]|\\.)*"?|{nested}|-?\d[\w.+-]*)')
        named = rf"""(?P<named>(?:[\w.-]+:)?(?:{either}))(?=[\s/>])[^<>]*"""
        keyed = rf"""(?P<keyed>[\w:.-]+)(?=\s)[^<>]*?\s(?:key|name)\s*=\s*["'](?:{either})["'][^<>]*"""
        self._start = re.compile(rf"(?i)<(?:{named}|{keyed})(?:>|$)")
        self._attribute = re.compile(rf"""(?i)([<\s](?:[\w.-]+:)?(?:{either})\s*=\s*)(?:"[^"]*("|$)|'[^']*('|$))""")

    def headers(self, headers: Mapping[str, str], values: Iterable[str] = ()) -> dict[str, str]:
        """Return the headers with those that carry secrets masked."""
        hidden = tuple(values)
        return {
            name: MASK if name.lower() in self.names else self.text(str(value), hidden)
            for name, value in headers.items()
        }

    def url(self, url: str, values: Iterable[str] = ()) -> str:
        """Return the address with secret query parameters masked."""
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        return self.text(urlunsplit(parts._replace(netloc=host, query=self._form(parts.query))), values)

    def body(self, body: bytes | str | None, content_type: str = "", values: Iterable[str] = ()) -> str:
        """Return the body as text with secrets masked, cut to BODY_LIMIT characters."""
        if not body:
            return ""
        text = body.decode("utf-8-sig", "replace") if isinstance(body, bytes) else body
        if "x-www-form-urlencoded" in content_type:
            text = self._form(text)
        elif len(text) <= PARSE_LIMIT:
            text = self._json(text)
        else:
            # Longer than the journal would keep many times over: masked by shape, a margin beyond the cut.
            text = text[: BODY_LIMIT * 2]
        return self.text(text, values)[:BODY_LIMIT]

    def text(self, text: str, values: Iterable[str] = ()) -> str:
        """Return the text with bearer tokens, members and elements with secret names and the given values masked."""
        if '"' in text:
            text = self._member.sub(rf'\1"{MASK}"', text)
        if "<" in text:
            text = self._attribute.sub(rf'\1"{MASK}"', text)
            text = self._emptied(text)
        text = _JWT.sub(MASK, _BEARER.sub(rf"\1 {MASK}", text))
        for value in values:
            if len(value) >= SHORTEST_VALUE:
                if value not in self._ways:
                    self._ways[value] = _ways_to_write(value)
                for written in self._ways[value]:
                    text = text.replace(written, MASK)
        return text

    def _emptied(self, text: str) -> str:
        """Return the text with a mask in each element with a secret name, all that is nested in it with it."""
        written, at = [], 0
        while found := self._start.search(text, at):
            tag = found["named"] or found["keyed"]
            written += [text[at : found.start()], _VALUE.sub(rf'\1"{MASK}"', found[0]) if found["keyed"] else found[0]]
            at = found.end()
            if found[0].endswith("/>") or tag.lower() in _VOID:
                continue
            inside, at = text[at : (end := _end_of(text, at, tag))], end
            written.append(MASK if inside.strip() else inside)
        return "".join(written) + text[at:]

    def _form(self, form: str) -> str:
        if not form:
            return form
        pairs = parse_qsl(form, keep_blank_values=True)
        masked = [(name, MASK if name.lower() in self.parameters else value) for name, value in pairs]
        return urlencode(masked, safe="*:/")

    def _json(self, text: str) -> str:
        try:
            return json.dumps(self._value(json.loads(text)), ensure_ascii=False, separators=(",", ":"))
        except (ValueError, RecursionError):  # no JSON, or nested deeper than anybody reads: masked by shape alone
            return text

    def _value(self, value: Any) -> Any:
        if isinstance(value, dict):
            secret = self.names | ({"value"} if self._names_a_secret(value) else set())
            return {
                name: MASK if name.lower() in secret and inner is not None else self._value(inner)
                for name, inner in value.items()
            }
        if isinstance(value, list):
            return [self._value(inner) for inner in value]
        return value

    def _names_a_secret(self, value: dict[str, Any]) -> bool:
        """Return whether an object is a pair: {"name": "password", "value": …}, as XML has its keyed elements."""
        return any(
            name.lower() in ("name", "key") and isinstance(inner, str) and inner.lower() in self.names
            for name, inner in value.items()
        )


def _end_of(text: str, at: int, tag: str) -> int:
    """Return where the end tag of an element stands whose content begins at `at`; of a cut text its end."""
    depth = 1
    for found in re.compile(rf"(?i)<(/?){re.escape(tag)}(?=[\s/>])[^<>]*>").finditer(text, at):
        if found[1]:
            depth -= 1
        elif not found[0].endswith("/>"):
            depth += 1
        if not depth:
            return found.start()
    return len(text)


def _ways_to_write(value: str) -> list[str]:
    """Return how a secret may stand in a text: as it is, in XML, in JSON, in an address; the longest first."""
    in_json = (json.dumps(value, ensure_ascii=ascii)[1:-1] for ascii in (True, False))
    ways = {value, escape(value), escape(value, quote=False), *in_json, quote(value), quote_plus(value)}
    return sorted(ways, key=lambda way: (-len(way), way))
