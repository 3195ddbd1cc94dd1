"""Form widgets that browsers know better than we do."""

from django import forms


class DayInput(forms.DateInput):
    """A day with the browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, object] | None = None) -> None:
        # The browser wants ISO, whatever the language.
        super().__init__(attrs=attrs, format="%Y-%m-%d")
