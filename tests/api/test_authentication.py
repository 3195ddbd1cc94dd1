"""Who is let in."""

from collections.abc import Callable

from accounts.models import Role
from tests.api.conftest import Caller, World


def test_without_a_good_token_nobody_is_let_in(world: World, caller: Callable[..., Caller], client: object) -> None:
    address = f"/resellers/{world.operator.pk}/charges"
    good = caller(world.operator)
    assert client.get(f"/api/v3{address}").status_code == 401
    wrong = Caller(client, "x" * 22).get(address)
    assert wrong.status_code == 401
    assert wrong["WWW-Authenticate"].startswith("X-Api-Token")
    assert good.get(address).status_code == 200


def test_a_role_without_the_right_is_forbidden(world: World, caller: Callable[..., Caller]) -> None:
    answer = caller(world.north, Role.MARKETING).get(f"/resellers/{world.north.pk}/charges")
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["status"] == "403"
