"""The pretend OpenSRS' clock, numbers and signatures."""

import hashlib

from sandbox.opensrs import OpenSRS
from sandbox.opensrs.world import DEMO_KEY, DEMO_USERNAME, signature


def test_the_vendors_own_example_of_md5_is_met() -> None:
    # From the vendor's page on troubleshooting: this is how it lets people check their MD5.
    assert (
        hashlib.md5(b"ConnecttoOpenSRSviaSSL", usedforsecurity=False).hexdigest() == "e787cc1d1951dfec4827cede7b1a0933"
    )
    first = hashlib.md5(b"bodykey", usedforsecurity=False).hexdigest()
    assert signature(b"body", "key") == hashlib.md5(f"{first}key".encode(), usedforsecurity=False).hexdigest()


def test_numbers_count_up_and_moments_have_two_spellings(opensrs: OpenSRS) -> None:
    world = opensrs.world
    assert [world.number("order", 10), world.number("order", 10)] == ["11", "12"]
    assert world.dated(1_284_440_400) == "2010-09-14-05:00"
    world.behave(date_style="moment")
    assert world.dated(1_284_440_400) == "2010-09-14T00:00:00.000-05:00"
    assert world.moment().timestamp() - world.now() < 1


def test_words_of_a_state_and_the_demos_reseller(opensrs: OpenSRS) -> None:
    assert opensrs.world.state("awaiting approval") == "awaiting-approval"
    opensrs.behave(state_separator="_")
    assert opensrs.world.state("awaiting approval") == "awaiting_approval"
    assert opensrs.world.reseller_key(DEMO_USERNAME) == DEMO_KEY
    assert opensrs.world.reseller_key("nobody") is None
