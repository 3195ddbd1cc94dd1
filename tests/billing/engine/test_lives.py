"""What every type makes of every story, in literal lines: lives.txt, a paragraph a story.

The paragraphs are those of an engine whose rows, histories and books agreed with the tables of the specification and
with the day-by-day reckoning, through the database too. Whoever changes one says why in its commit.
"""

from pathlib import Path

import pytest

from tests.billing.engine.lives import lived, stories

TOLD = dict(
    paragraph.split("\n", 1)
    for paragraph in Path(__file__).with_name("lives.txt").read_text().strip().split("\n\n")
)  # fmt: skip


def name_of(key: str, postpay: bool, story: str) -> str:
    return f"{key}{' postpay' if postpay else ''}: {story}"


@pytest.mark.parametrize(("key", "postpay", "story"), stories(), ids=str)
def test_a_type_makes_of_a_story_what_is_written(key: str, postpay: bool, story: str) -> None:
    assert "\n".join(lived(key, story, postpay=postpay)) == TOLD.get(name_of(key, postpay, story), "")


def test_every_paragraph_is_of_a_story() -> None:
    assert set(TOLD) <= {name_of(*one) for one in stories()}
