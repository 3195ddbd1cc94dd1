"""Tokens of an app alone and of an app with a user."""

import pytest

from sandbox.microsoft.callers import is_app_only, require_app_alone, require_user
from sandbox.microsoft.errors import PartnerCenterError
from sandbox.wsgi import Request


def test_each_is_refused_where_the_other_is_demanded() -> None:
    alone = Request("GET", "/", "", {}, {}, b"", caller={"appid": "a"})
    user = Request("GET", "/", "", {}, {}, b"", caller={"appid": "a", "amr": ["pwd", "mfa"]})
    assert [is_app_only(request) for request in (alone, user)] == [True, False]
    require_user(user)
    require_app_alone(alone)
    for demand, request, refusal in ((require_user, alone, (403, 900329)), (require_app_alone, user, (403, 2032))):
        with pytest.raises(PartnerCenterError) as refused:
            demand(request)
        assert (refused.value.status, refused.value.code) == refusal
