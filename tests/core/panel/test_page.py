"""What stands around the content of a page."""

import pytest

from core.panel.page import Button, Page, offered_buttons

SAVE = Button("Save", "/save/", primary=True)
OTHERS = tuple(Button(name, f"/{name}/") for name in ("edit", "stop", "copy", "delete"))


def test_primary_button_stands_last_and_is_never_hidden() -> None:
    page = Page("Seats", buttons=(*OTHERS, SAVE))
    assert [button.label for button in page.shown_buttons] == ["edit", "stop", "Save"]
    assert [button.label for button in page.more_buttons] == ["copy", "delete"]


def test_few_buttons_need_no_more() -> None:
    page = Page("Seats", buttons=OTHERS[:3])
    assert (page.shown_buttons, page.more_buttons) == (list(OTHERS[:3]), [])


def test_two_primary_buttons_are_refused() -> None:
    with pytest.raises(ValueError, match="more than one primary button on the page Seats"):
        Page("Seats", buttons=(SAVE, SAVE))


@pytest.mark.parametrize("verb", ["stop", "delete", "cancel", "give-up"])
def test_what_takes_something_away_is_never_what_a_page_recommends(verb: str) -> None:
    alone = offered_buttons([("Take away", f"/orders/7/{verb}/")])
    after = offered_buttons([("Pay", "/orders/7/pay/"), ("Take away", f"/orders/7/{verb}/")])
    assert [button.primary for button in (*alone, *after)] == [False, True, False]
