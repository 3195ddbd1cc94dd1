"""The client: what each answer of an AV-Desk server, or of what stands before it, is taken for."""

import pytest

from sandbox.drweb.world import DEMO_PASSWORD
from tests.vendors.drweb.bench import STANDARD, DrWebBench
from vendors.drweb.client import AvDesk, NotAnswering
from vendors.drweb.replies import UnreadableReply
from vendors.errors import LostAnswer, Misconfigured, NotYet, Rejected, Transient


def test_refusal_is_told_in_the_vendors_words_with_its_number(bench: DrWebBench) -> None:
    desk = AvDesk(bench.connection())
    for ask in (desk.read, desk.send):
        with pytest.raises(Rejected, match=r"^AV-Desk refused: Station is not found$") as refusal:
            ask("stations/change", id="nobody")
        assert refusal.value.code == "36"


def test_wrong_password_is_a_matter_of_settings_for_reads_and_changes(bench: DrWebBench) -> None:
    desk = AvDesk(bench.wrong_connection())
    for ask in (desk.read, desk.send):
        with pytest.raises(Misconfigured, match="does not accept the administrator's login and password"):
            ask("server/info")


def test_page_of_a_gateway_is_no_answer_and_leaves_a_change_open(bench: DrWebBench) -> None:
    desk = AvDesk(bench.connection())
    bench.vendor.fail("gateway_before", status=404, times=2)
    with pytest.raises(NotAnswering, match="There is no AV-Desk Web API"):
        desk.read("server/info")
    with pytest.raises(LostAnswer):
        desk.send("groups/add", name="x")


@pytest.mark.parametrize("kind", ["odd_after", "truncated_after", "unreadable_after"])
def test_unreadable_answer_is_asked_for_again_or_looked_up(bench: DrWebBench, kind: str) -> None:
    desk = AvDesk(bench.connection())
    bench.vendor.fail(kind, times=2)
    with pytest.raises(NotAnswering):
        desk.read("server/info")
    with pytest.raises(UnreadableReply):
        desk.send("groups/add", name="x")
    assert bench.vendor.counts()["groups"] == 1


def test_busy_and_throttled_are_waited_for(bench: DrWebBench) -> None:
    desk = AvDesk(bench.connection())
    bench.vendor.fail("conflict")
    with pytest.raises(NotYet):
        desk.send("groups/add", name="x")
    bench.vendor.fail("throttle", seconds=7)
    with pytest.raises(Transient) as wait:
        desk.send("groups/add", name="x")
    assert wait.value.retry_after == 7


def test_lists_are_read_to_their_last_page(bench: DrWebBench) -> None:
    desk = AvDesk(bench.connection())
    for number in range(203):
        desk.send("stations/add", id=f"pc-{number}", rate=STANDARD, user_id="u-1")
    ids = [node.get("id") for node in desk.pages("stations/list-by-user-id", user_id="u-1")]
    assert ids == [f"pc-{number}" for number in range(203)]


def test_password_goes_as_basic_and_nowhere_else(bench: DrWebBench) -> None:
    AvDesk(bench.connection()).read("server/info")
    (exchange,) = bench.journal.exchanges
    assert exchange.request_headers["Authorization"] == "***"
    assert DEMO_PASSWORD not in repr(exchange)
