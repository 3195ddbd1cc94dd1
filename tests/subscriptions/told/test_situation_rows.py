"""What the number of a situation is made of: every column that the engine is told of a subscription or a charge."""

from billing.charging import LINE_COLUMNS
from subscriptions.told import situation_rows

# The engine's line by another name, or by its resource; ids of the row itself; what no amount of a night depends on.
SAID_OTHERWISE = {"subscription_resource_id": "resource"}
OF_NO_CONSEQUENCE = {
    "pk", "price_id", "plan_price_id", "order_id", "discounted_by_id", "priced_on", "retail", "granted",
}  # fmt: skip


def test_every_column_of_a_line_is_part_of_its_situation_or_said_to_be_of_no_consequence() -> None:
    told = situation_rows.DUE[situation_rows.DUE.index("SELECT lines") : situation_rows.DUE.index("summed AS")]
    words = set(told.replace(",", " ").replace("(", " ").replace(")", " ").split())
    asked = {SAID_OTHERWISE.get(column, column) for column in LINE_COLUMNS} - OF_NO_CONSEQUENCE
    assert asked <= words
