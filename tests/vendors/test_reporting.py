"""Windows of a vendor's reports: whole or not at all, each stream by itself. The rest: tests/subscriptions/workers."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from core.only_one import lock_number
from tests.vendors.conftest import admin, example, example_vendor  # noqa: F401 - fixtures
from vendors import reporting
from vendors.base import Connection
from vendors.capabilities import ReportsUsage, UsageLine, UsageWindow
from vendors.errors import Transient
from vendors.models import ReportedWindow, UsageBookmark, VendorConnection
from vendors.reporting import read_windows, reports_of

pytestmark = pytest.mark.django_db
NOW = datetime(2018, 8, 23, 9, tzinfo=UTC)


class Streams(ReportsUsage):
    """Two streams of three windows each; what is in `missing` is not ready, and stumbles where it is `odd`."""

    usage_id = "service_id"

    def __init__(self) -> None:
        self.missing: set[str] = set()
        self.odd: set[str] = set()
        self.quantity = Decimal(1)
        self.asked: list[tuple[str, str]] = []

    def windows(
        self, connection: Connection, services: Sequence[Mapping[str, str]], bookmarks: Mapping[str, str]
    ) -> Iterator[UsageWindow]:
        for number in range(1, 4):
            for stream in ("a", "b"):
                if f"{number}" > bookmarks.get(stream, ""):
                    yield UsageWindow(f"{stream}{number}", bookmark=f"{number}", stream=stream)
        yield UsageWindow("tail", stream="tail")  # moves no bookmark

    def pages(self, connection: Connection, window: UsageWindow) -> Iterator[Sequence[UsageLine]]:
        self.asked.append((window.stream, window.key))
        yield [UsageLine("1", "traffic", "k", self.quantity, date(2018, 8, 22))]
        if window.key in self.missing:
            raise Transient("Not ready.")
        if window.key in self.odd:
            raise ValueError("no number")


def told() -> dict[str, str]:
    return dict(UsageBookmark.objects.values_list("stream", "bookmark"))


@pytest.fixture
def streams(example: VendorConnection, monkeypatch: pytest.MonkeyPatch) -> Streams:  # noqa: F811 - imported fixture
    """The vendor of the connection reports in two streams."""
    plugin = Streams()
    monkeypatch.setattr(reporting, "reports_of", lambda _connection: plugin)
    return plugin


def test_a_stream_waits_by_itself(example: VendorConnection, streams: Streams) -> None:  # noqa: F811 - imported fixture
    streams.missing, streams.odd = {"a2"}, {"b3"}
    troubles = read_windows(example, services=[], now=NOW)
    assert [trouble.code for trouble in troubles] == ["transient", "unreadable"]
    assert told() == {"a": "1", "b": "2"}
    assert ("a", "a3") not in streams.asked, "no bookmark passes what is missing"
    assert set(ReportedWindow.objects.filter(told=False).values_list("key", flat=True)) == {"a1", "b1", "b2", "tail"}
    streams.missing, streams.odd = set(), set()
    assert read_windows(example, services=[], now=NOW) == []
    assert told() == {"a": "3", "b": "3"}
    lines = {row.key: (row.reading, row.lines.count()) for row in ReportedWindow.objects.all()}
    assert lines == {**{f"{s}{n}": (1, 1) for s in "ab" for n in range(1, 4)}, "tail": (2, 2)}, "kept until it is told"


def test_what_an_unfinished_reading_left_counts_for_nothing(
    example: VendorConnection,  # noqa: F811 - imported fixture
    streams: Streams,
) -> None:
    streams.missing = {"a1"}
    for _turn in range(3):
        read_windows(example, services=[], now=NOW)
    row = ReportedWindow.objects.get(key="a1")
    assert (row.reading, row.told, row.lines.count()) == (0, True, 1)


def test_one_process_reads_a_connection_at_a_time(
    example: VendorConnection,  # noqa: F811 - imported fixture
    streams: Streams,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert lock_number("usage reports", example.pk) != lock_number("usage reports", example.pk + 1)
    with monkeypatch.context() as patch:
        patch.setattr(reporting, "only_one", refused)
        assert read_windows(example, services=[], now=NOW) == []
    assert streams.asked == []


class refused:  # noqa: N801 - stands in for a function
    """Somebody else is at it."""

    def __init__(self, *_given: object) -> None:
        """Take what only_one takes."""

    def __enter__(self) -> bool:
        return False

    def __exit__(self, *_given: object) -> None:
        """End the block."""


def test_a_plugin_that_reports_nothing_is_not_asked(example: VendorConnection) -> None:  # noqa: F811 - imported fixture
    with pytest.raises(TypeError, match="reports no usage"):
        reports_of(example)


def test_a_line_that_fits_into_no_row_holds_up_its_stream_only(
    example: VendorConnection,  # noqa: F811 - imported fixture
    streams: Streams,
) -> None:
    streams.quantity = Decimal("1e20")
    assert [trouble.code for trouble in read_windows(example, services=[], now=NOW)] == ["does_not_fit"] * 3
    assert told() == {}
