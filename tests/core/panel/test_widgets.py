"""Form widgets."""

from datetime import date

import pytest
from django.utils import translation

from core.panel.widgets import DayInput


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_day_is_given_to_the_browser_in_iso_whatever_the_language(language: str) -> None:
    with translation.override(language):
        html = DayInput(attrs={"min": "2026-01-01"}).render("since", date(2026, 12, 1))
    assert html == '<input type="date" name="since" value="2026-12-01" min="2026-01-01">'
