"""The door of the operator panel: managers only, of the operator and of resellers."""

from core.panel.access import Door
from operator_panel.remedies import way_to

requires = Door(lambda actor: actor.is_manager, remedies=way_to).requires
