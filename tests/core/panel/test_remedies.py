"""From a refusal to where it is put right, in the panel of who reads it."""

from typing import Any

from django.test import RequestFactory

from core.errors import Refused, Remedy
from core.panel.remedies import Way, suggested_amount, ways_of, with_ways


def asked(path: str = "/", **known: Any) -> Any:
    request = RequestFactory().get(path)
    for name, value in known.items():
        setattr(request, name, value)
    return request


def leads(_actor: Any, remedy: Remedy) -> Way | None:
    return Way("Top up", f"/{remedy.kind}/{remedy.pk}/") if remedy.kind == "top_up" else None


def test_each_way_is_shown_once_and_what_is_not_the_readers_not_at_all() -> None:
    first, second = Refused("a", remedy=Remedy("top_up", 5)), Refused("b", remedy=Remedy("release", 5))
    first.also = (second, Refused("c", remedy=Remedy("top_up", 5)))
    request = asked(actor=object(), remedies=leads)
    assert ways_of(request, [first]) == [Way("Top up", "/top_up/5/")]
    assert ways_of(asked(), [first]) == []


def test_a_message_carries_its_way_and_escapes_what_was_said() -> None:
    request = asked(actor=object(), remedies=leads)
    said = with_ways(request, Refused("<b>no</b>", remedy=Remedy("top_up", 5)))
    assert said == '&lt;b&gt;no&lt;/b&gt; <a href="/top_up/5/">Top up</a>'


def test_only_an_amount_is_suggested() -> None:
    assert [suggested_amount(asked(f"/?amount={text}")) is None for text in ("7.25", "-1", "NaN", "x", "1e99")] == [
        False, True, True, True, True,
    ]  # fmt: skip
