"""The technical error page of development (BROKERAGE_DEBUG), without what a screenshot of it must never show.

Django leaves it open while DEBUG is on: local variables hold tokens, addresses hold codes and passwords of servers. The
lines of code and the values of harmless settings stay; whoever needs a variable has a debugger.
"""

import re
from collections.abc import ItemsView
from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter


class ReportFilter(SafeExceptionReporterFilter):
    """Hides every value that was sent, every local variable, and settings that hold secrets or addresses."""

    hidden_settings = re.compile(
        "API|AUTH|TOKEN|KEY|SECRET|PASS|SIGNATURE|COOKIE|UR[LI]|LOCATION|QUERY|REFERER", flags=re.IGNORECASE
    )

    def is_active(self, request: HttpRequest | None) -> bool:
        """Return yes, while debugging too."""
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, str]:
        """Return the names of what was posted."""
        return {} if request is None else dict.fromkeys(request.POST, self.cleansed_substitute)

    def get_traceback_frame_variables(
        self,
        request: HttpRequest | None,
        tb_frame: FrameType,
    ) -> ItemsView[str, Any]:
        """Return no variables."""
        return {}.items()


class Report(ExceptionReporter):
    """Django's report, whose address and query show names only."""

    def get_traceback_data(self) -> dict[str, Any]:
        """Return what the page shows."""
        data: dict[str, Any] = super().get_traceback_data()
        if self.request is not None:
            data["request_GET_items"] = [(name, self.filter.cleansed_substitute) for name in self.request.GET]
            data["request_insecure_uri"] = data["request_insecure_uri"].partition("?")[0]
        return data
