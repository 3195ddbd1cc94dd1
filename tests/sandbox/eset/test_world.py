"""What is kept: passwords as hashes, keys as ESET writes them, snapshots also of days on which nobody asked."""

import re

from sandbox.eset import Eset
from sandbox.eset.world import DEMO_PASSWORD, DEMO_USER, fresh_id, fresh_key
from tests.sandbox.eset.asking import Asker


def test_passwords_are_kept_as_hashes(eset: Eset) -> None:
    eset.set_password(username="other@msp.example", password="another-secret")
    assert eset.world.knows("other@msp.example", "another-secret")
    assert eset.world.knows(DEMO_USER, DEMO_PASSWORD)
    assert not eset.world.knows(DEMO_USER, "another-secret")
    assert "another-secret" not in repr(eset.world.store.all("user"))


def test_keys_and_ids_have_the_vendors_forms() -> None:
    assert re.fullmatch(r"[A-Z2-9]{3}-[A-Z2-9]{3}-[A-Z2-9]{3}", fresh_key())
    assert len(fresh_id()) == 36


def test_snapshots_are_taken_of_days_on_which_nobody_asks_and_anew_when_the_clock_is_set_back(
    msp: Asker, eset: Eset
) -> None:
    eset.set_clock(at="2026-11-10T12:00", stopped=True)
    msp.sign_in()
    msp.order(msp.company(), 5)
    eset.advance(days=3)
    assert [row["day"] for row in eset.billed()] == ["2026-11-11", "2026-11-12", "2026-11-13"]
    eset.set_clock(at="2026-11-11T12:00", stopped=True)
    eset.billed()
    eset.advance(days=1)
    assert [row["day"] for row in eset.billed()] == ["2026-11-11", "2026-11-12", "2026-11-13"]
