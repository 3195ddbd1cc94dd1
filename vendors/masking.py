"""Takes secrets out of what is written to the journal: by the name they go under, by shape, and by value."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

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
_MEMBER = re.compile(
    r'(?i)("(?:' + "|".join(re.escape(name) for name in sorted(SECRET_NAMES)) + r')"\s*:\s*)"(?:[^"\\]|\\.)*"?'
)


def masked_headers(headers: Mapping[str, str], values: Iterable[str] = ()) -> dict[str, str]:
    """Return the headers with those that carry secrets masked."""
    hidden = tuple(values)
    return {
        name: MASK if name.lower() in SECRET_NAMES else masked_text(str(value), hidden)
        for name, value in headers.items()
    }


def masked_url(url: str, values: Iterable[str] = ()) -> str:
    """Return the address with secret query parameters masked."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return masked_text(urlunsplit(parts._replace(netloc=host, query=_masked_form(parts.query))), values)


def masked_body(body: bytes | str | None, content_type: str = "", values: Iterable[str] = ()) -> str:
    """Return the body as text with secrets masked, cut to BODY_LIMIT characters."""
    if not body:
        return ""
    text = body.decode("utf-8-sig", "replace") if isinstance(body, bytes) else body
    if "x-www-form-urlencoded" in content_type:
        text = _masked_form(text)
    elif len(text) <= PARSE_LIMIT:
        text = _masked_json(text)
    else:
        # Longer than the journal would keep many times over: masked by shape, a margin beyond the cut.
        text = text[: BODY_LIMIT * 2]
    return masked_text(text, values)[:BODY_LIMIT]


def masked_text(text: str, values: Iterable[str] = ()) -> str:
    """Return the text with bearer tokens, JSON members with secret names and the given values masked."""
    text = _MEMBER.sub(rf'\1"{MASK}"', text)
    text = _JWT.sub(MASK, _BEARER.sub(rf"\1 {MASK}", text))
    for value in values:
        if len(value) >= SHORTEST_VALUE:
            text = text.replace(value, MASK)
    return text


def _masked_form(form: str) -> str:
    if not form:
        return form
    pairs = parse_qsl(form, keep_blank_values=True)
    masked = [(name, MASK if name.lower() in SECRET_PARAMETERS else value) for name, value in pairs]
    return urlencode(masked, safe="*:/")


def _masked_json(text: str) -> str:
    try:
        return json.dumps(_masked_value(json.loads(text)), ensure_ascii=False, separators=(",", ":"))
    except (ValueError, RecursionError):  # no JSON, or nested deeper than anybody reads: masked by shape alone
        return text


def _masked_value(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: MASK if name.lower() in SECRET_NAMES and inner is not None else _masked_value(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_masked_value(inner) for inner in value]
    return value
