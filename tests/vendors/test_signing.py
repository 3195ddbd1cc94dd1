"""A certificate of ours signs in as long as it can be used."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.vendors.demanding import WORD, Authority, pfx
from vendors.errors import Misconfigured
from vendors.fields import packed
from vendors.signing import usable_certificate
from vendors.values import ClientTls

NAMED = ClientTls("certificate", "certificate_password", signs=True)
NOW = datetime.now(UTC)


def secrets(password: str = WORD) -> dict[str, str]:
    content = pfx(*Authority("Our authority").signed("brokerage", days=30))
    return {"certificate": packed(content), "certificate_password": password}


def test_none_is_needed_and_one_that_can_be_used_is_opened() -> None:
    assert usable_certificate({}, NAMED, NOW) is None
    found = usable_certificate(secrets(), NAMED, NOW)
    assert found is not None
    assert b"PRIVATE KEY" in found.key
    assert found.expires_at > NOW


@pytest.mark.parametrize(("password", "days", "code"), [("wrong", 0, "unusable"), (WORD, 31, "expired")])
def test_one_that_cannot_be_used_is_a_wrong_setting(password: str, days: int, code: str) -> None:
    with pytest.raises(Misconfigured) as refusal:
        usable_certificate(secrets(password), NAMED, NOW + timedelta(days=days))
    assert refusal.value.code == f"certificate_{code}"
