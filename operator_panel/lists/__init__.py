"""The lists of the operator panel; importing this makes each known by its name, to workers too."""

from operator_panel.lists.subscriptions import SUBSCRIPTIONS

__all__ = ["SUBSCRIPTIONS"]
