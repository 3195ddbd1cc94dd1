"""What the API speaks."""

from collections.abc import Callable

import pytest

from tests.api.conftest import JSON_API, Caller, World


@pytest.mark.parametrize(
    ("accept", "status", "content"),
    [
        (JSON_API, 200, JSON_API),
        ("application/json", 200, "application/json"),
        ("*/*", 200, JSON_API),
        ("text/csv", 406, JSON_API),
    ],
)
def test_the_accept_header_chooses_the_words(
    world: World, caller: Callable[..., Caller], accept: str, status: int, content: str
) -> None:
    answer = caller(world.operator).get(f"/resellers/{world.operator.pk}/charges", Accept=accept)
    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (status, content)
