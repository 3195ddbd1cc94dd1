"""A worker looks so often and no more."""

import pytest

from vendors.microsoft.patience import Patience


@pytest.mark.parametrize(("true_at", "found", "looks"), [(1, True, 1), (3, True, 3), (4, False, 3)])
def test_looks_until_it_is_true_or_its_patience_is_over(true_at: int, found: bool, looks: int) -> None:
    seen = []

    def look() -> bool:
        seen.append(len(seen) + 1)
        return seen[-1] == true_at

    assert Patience(times=3, pause=0).until(look) is found
    assert len(seen) == looks
