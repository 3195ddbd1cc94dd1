"""A form that asks for units."""

from core.panel.quantities import Asked, QuantitiesForm

SEATS = Asked("seats", "Seats", initial=5, minimum=1, maximum=300, help="At most 300.")
DISK = Asked("disk", "Disk")


def form(**given: str) -> QuantitiesForm:
    data = {f"quantities.{key}": value for key, value in given.items()}
    return QuantitiesForm(data or None, resources=[SEATS, DISK])


def test_each_resource_has_a_box_with_its_name_number_and_help() -> None:
    fields = form().fields
    assert list(fields) == ["quantities.seats", "quantities.disk"]
    assert [(box.label, box.initial, box.help_text) for box in fields.values()] == [
        ("Seats", 5, "At most 300."),
        ("Disk", 0, ""),
    ]


def test_quantities_come_back_by_key() -> None:
    asked = form(seats="7", disk="0")
    assert asked.is_valid()
    assert QuantitiesForm.quantities({**asked.cleaned_data, "comment": "more"}) == {"seats": 7, "disk": 0}


def test_bounds_and_whole_numbers_are_kept() -> None:
    assert form(seats="0", disk="1.5").errors == {
        "quantities.seats": ["Ensure this value is greater than or equal to 1."],
        "quantities.disk": ["Enter a whole number."],
    }
    assert form(seats="301", disk="-1").errors == {
        "quantities.seats": ["Ensure this value is less than or equal to 300."],
        "quantities.disk": ["Ensure this value is greater than or equal to 0."],
    }
