"""Pages by number and by position."""

from collections.abc import Callable

from tests.api.conftest import Caller, World, ids


def test_pages_follow_each_other_by_their_links(world: World, caller: Callable[..., Caller]) -> None:
    operator = caller(world.operator)
    address = f"/resellers/{world.operator.pk}/child_reseller_charges?page[size]=1"
    seen, answer = [], operator.get(address)
    first = answer.json()
    assert first["meta"]["pagination"] == {"total": 3, "total_is_estimate": False, "page_size": 1}
    assert first["links"]["prev"] is None
    while True:
        seen += ids(answer)
        following = answer.json()["links"]["next"]
        if following is None:
            break
        answer = operator.get(following.partition("/api/v3")[2])
    assert seen == [str(world.charges[name].pk) for name in ("north", "north_east", "south")]
    back = operator.get(answer.json()["links"]["prev"].partition("/api/v3")[2])
    assert ids(back) == [str(world.charges["north_east"].pk)]
    assert ids(operator.get(f"{address}&page[number]=3")) == [str(world.charges["south"].pk)]
    assert ids(operator.get(f"{address}&page[number]=4")) == []
