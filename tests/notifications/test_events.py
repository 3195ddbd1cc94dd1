"""The table of events, and that every event has its texts."""

import re

import pytest
from django.conf import settings
from django.template.loader import get_template

from notifications.events import EVENTS, Audience, event_named
from notifications.models import LinkKind


@pytest.mark.parametrize("name", EVENTS)
def test_subject_uses_placeholders_of_the_event_only(name: str) -> None:
    used = set(re.findall(r"%\((\w+)\)s", str(EVENTS[name].subject)))
    assert used - EVENTS[name].placeholders == set()


@pytest.mark.parametrize("kind", ["txt", "html"])
@pytest.mark.parametrize("name", EVENTS)
def test_every_event_has_its_text(name: str, kind: str) -> None:
    assert get_template(f"emails/{name}.{kind}").origin.name.endswith(f"templates/emails/{name}.{kind}")


def test_every_text_has_its_event() -> None:
    texts = {path.stem for path in (settings.BASE_DIR / "templates" / "emails").iterdir()}
    assert texts - {"layout"} == set(EVENTS)


def test_links_that_open_a_door_go_to_one_person_at_once() -> None:
    doors = {name: event for name, event in EVENTS.items() if event.link_kind != LinkKind.NONE}
    assert set(doors) == {"invitation", "password_reset"}
    assert {(event.audience, event.urgent) for event in doors.values()} == {(Audience.PERSON, True)}


def test_an_event_comes_with_exactly_its_placeholders() -> None:
    context = {"file": "charges.csv", "rows": "7"}
    assert event_named("export_ready", context) is EVENTS["export_ready"]
    for wrong in ({"file": "charges.csv"}, {**context, "more": "x"}):
        with pytest.raises(ValueError, match=r"export_ready takes \['file', 'rows'\], not "):
            event_named("export_ready", wrong)


def test_an_unknown_event_is_named() -> None:
    with pytest.raises(ValueError, match="no such event: 'party'"):
        event_named("party", {})
