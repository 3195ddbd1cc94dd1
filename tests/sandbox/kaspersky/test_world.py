"""The pretend Kaspersky's clock, names and memory."""

from pathlib import Path

from sandbox.kaspersky import Kaspersky


def test_the_next_month_begins_on_its_first_day(kaspersky: Kaspersky) -> None:
    for at, begins in (("2026-11-30T23:59:59", "2026-12-01"), ("2026-12-31T00:00:00", "2027-01-01")):
        kaspersky.set_clock(at=at, stopped=True)
        assert f"{kaspersky.world.next_month():%Y-%m-%d}" == begins


def test_names_are_fresh_and_state_is_kept(kaspersky: Kaspersky, tmp_path: Path) -> None:
    one, two = kaspersky.world.fresh_names(), kaspersky.world.fresh_names()
    assert one["ActivationCode"] != two["ActivationCode"]
    assert one["LicenseId"].split("-")[1] == "261110"
    first = Kaspersky(tmp_path)
    first.register_partner(fingerprint="ab")
    first.close()
    again = Kaspersky(tmp_path)
    assert again.world.store.get("partner", "ab") is not None
    again.close()
