"""What a call asks."""

import pytest

from sandbox.drweb.answers import ApiError
from sandbox.drweb.asked import Asked


def test_parameters_may_be_repeated_and_hyphens_are_underscores() -> None:
    asked = Asked("id=1&id=2&USER_ID=u&empty=")
    assert (asked.all("id"), asked.get("id"), asked.get("user-id")) == (["1", "2"], "2", "u")
    assert asked.has("empty")
    assert not asked.has("other")


def test_dates_flags_and_numbers_are_read_strictly() -> None:
    asked = Asked("a=20180820&b=20180820123000&c=0&d=2018&e=yes&f=on&g=0")
    assert [asked.moment(name) for name in "abc"] == [1534723200, 1534768200, 0]
    assert asked.flag("e")
    for look in (lambda: asked.moment("d"), lambda: asked.flag("f"), lambda: asked.number("g", 1)):
        with pytest.raises(ApiError):
            look()
    with pytest.raises(ApiError, match="required parameter h"):
        asked.required("h")
