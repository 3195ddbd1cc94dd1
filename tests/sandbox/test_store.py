"""The pretend vendors' memory."""

from pathlib import Path

import pytest

from sandbox.store import Store


def test_put_is_read_back_in_order_of_arrival() -> None:
    store = Store()
    store.put("customer", "b", {"n": 1})
    store.put("customer", "a", {"n": 2})
    store.put("customer", "b", {"n": 3})
    assert store.all("customer") == [{"n": 3}, {"n": 2}]
    assert store.get("customer", "a") == {"n": 2}
    assert store.get("customer", "c") is None


def test_transaction_that_raises_forgets_all_its_changes() -> None:
    store = Store()
    store.put("customer", "a", {"n": 1})

    def change_and_fail() -> None:
        with store.transaction():
            store.put("customer", "a", {"n": 2})
            store.put("customer", "b", {"n": 3})
            assert store.all("customer") == [{"n": 2}, {"n": 3}]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    assert store.all("customer") == [{"n": 1}]


def test_delete_and_clear_forget() -> None:
    store = Store()
    store.put("customer:1", "a", {"n": 1})
    store.put("customer:2", "b", {"n": 2})
    assert store.count("customer:") == 2
    store.delete("customer:1", "a")
    assert store.count("customer:") == 1
    store.clear()
    assert store.count("") == 0


@pytest.mark.parametrize("name", ["state.db", "folder"])
def test_file_or_folder_keeps_everything_for_the_next_process(tmp_path: Path, name: str) -> None:
    first = Store(tmp_path / name, vendor="one")
    with first.transaction():
        first.put("customer", "b", {"n": 1, "name": "Ünïcode"})
        first.put("customer", "a", {"n": 2})
    first.put("customer", "b", {"n": 3})
    first.delete("customer", "c")
    # No close(): a killed process closes nothing.
    second = Store(tmp_path / name, vendor="one")
    assert second.all("customer") == [{"n": 3}, {"n": 2}]


def test_vendors_in_one_file_do_not_see_each_other(tmp_path: Path) -> None:
    one, two = Store(tmp_path / "state.db", vendor="one"), Store(tmp_path / "state.db", vendor="two")
    one.put("customer", "a", {"n": 1})
    assert two.all("customer") == []
    two.put("customer", "a", {"n": 2})
    assert Store(tmp_path / "state.db", vendor="one").all("customer") == [{"n": 1}]
