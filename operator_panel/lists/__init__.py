"""The lists of the operator panel, by name. A module in this folder is found by itself, by workers too."""

from core.lists.listing import declared_in

LISTS = declared_in(__name__, panel="operator")
