"""The technical page of development shows code and names, never values that came in or were at hand."""

import sys
from types import TracebackType
from typing import Any

from django.test import RequestFactory

from brokerage.error_reports import Report

SEEN = "-".join(["the", "value", "that", "nobody", "may", "see"])  # in pieces: the page shows lines of code


def failing() -> tuple[type[BaseException], BaseException, TracebackType]:
    at_hand = SEEN
    try:
        raise LookupError(f"{len(at_hand)} characters")
    except LookupError:
        kind, error, trace = sys.exc_info()
        assert kind is not None
        assert error is not None
        assert trace is not None
        return kind, error, trace


def test_the_page_shows_the_code_and_no_values(settings: Any) -> None:
    settings.DEBUG = True
    settings.DATABASE_URL = f"postgresql://brokerage:{SEEN}@db/brokerage"
    settings.CACHES = {**settings.CACHES, "other": {"LOCATION": f"redis://:{SEEN}@queue"}}
    request = RequestFactory().post(f"/page/?code={SEEN}", {"comment": SEEN}, HTTP_REFERER=f"/there/?token={SEEN}")
    request.COOKIES[settings.SESSION_COOKIE_NAME] = SEEN
    report = Report(request, *failing())
    for page in (report.get_traceback_html(), report.get_traceback_text()):
        assert SEEN not in page
        assert "raise LookupError" in page
        assert "29 characters" in page
    assert "comment" in report.get_traceback_html()


def test_settings_use_it(settings: Any) -> None:
    names = (settings.DEFAULT_EXCEPTION_REPORTER, settings.DEFAULT_EXCEPTION_REPORTER_FILTER)
    assert names == ("brokerage.error_reports.Report", "brokerage.error_reports.ReportFilter")
