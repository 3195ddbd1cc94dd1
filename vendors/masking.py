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
_JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")


class Masking:
    """Masks by names: those that are secret everywhere, and a vendor's own (VendorPlugin.secret_names).

    A name is a header, a parameter of a form or an address, a member of JSON, an element or an attribute of XML, or an
    XML element that bears the name in its attribute `key` or `name`.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.names = SECRET_NAMES | {name.lower() for name in names}
        self.parameters = SECRET_PARAMETERS | self.names
        either = "|".join(re.escape(name) for name in sorted(self.names))
        self._member = re.compile(rf'(?i)("(?:{either})"\s*:\s*)"(?:[^"\\]|\\.)*"?')
        # Up to the end tag of the same name, or, where a body is cut, to its end; what stands inside is secret, too.
        named = rf"""(?:[\w.-]+:)?(?:{either})(?=[\s/>])[^<>]*"""
        keyed = rf"""[\w:.-]+(?=\s)[^<>]*?\s(?:key|name)\s*=\s*["'](?:{either})["'][^<>]*"""
        self._element = re.compile(rf"(?is)<((?:{named})|(?:{keyed}))(?<!/)>(.*?)(?=</\s*(?:[\w.-]+:)?[\w.-]+\s*>|$)")
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
        text = self._member.sub(rf'\1"{MASK}"', text)
        if "<" in text:
            text = self._attribute.sub(rf'\1"{MASK}"', text)
            text = self._element.sub(_emptied, text)
        text = _JWT.sub(MASK, _BEARER.sub(rf"\1 {MASK}", text))
        for value in values:
            if len(value) >= SHORTEST_VALUE:
                for written in _ways_to_write(value):
                    text = text.replace(written, MASK)
        return text

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
            return {
                name: MASK if name.lower() in self.names and inner is not None else self._value(inner)
                for name, inner in value.items()
            }
        if isinstance(value, list):
            return [self._value(inner) for inner in value]
        return value


def _emptied(found: re.Match[str]) -> str:
    """Return an element's start tag, and a mask where it holds a text."""
    return f"<{found[1]}>{MASK if found[2].strip() else found[2]}"


def _ways_to_write(value: str) -> list[str]:
    """Return how a secret may stand in a text: as it is, in XML, in JSON, in an address; the longest first."""
    in_json = (json.dumps(value, ensure_ascii=ascii)[1:-1] for ascii in (True, False))
    ways = {value, escape(value), escape(value, quote=False), *in_json, quote(value), quote_plus(value)}
    return sorted(ways, key=lambda way: (-len(way), way))
