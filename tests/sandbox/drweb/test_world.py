"""What an AV-Desk server knows."""

from pathlib import Path

from sandbox.drweb import DrWeb
from sandbox.drweb.world import DEMO_LOGIN, DEMO_PASSWORD, config_code


def test_state_survives_in_its_file_and_the_password_is_a_hash(tmp_path: Path) -> None:
    first = DrWeb(tmp_path / "kept")
    first.set_password(login="second", password="its-password")
    first.close()
    again = DrWeb(tmp_path / "kept")
    assert again.world.knows("second", "its-password")
    assert again.world.knows(DEMO_LOGIN, DEMO_PASSWORD)
    assert not again.world.knows("second", DEMO_PASSWORD)
    assert "its-password" not in repr(again.world.store.all("administrator"))
    again.close()


def test_code_of_a_configuration_is_the_same_in_any_case_and_another_for_another_station() -> None:
    assert config_code("PC-1") == config_code("pc-1") != config_code("pc-2")
