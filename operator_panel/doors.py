"""The door of the operator panel: managers only, of the operator and of resellers."""

from core.panel.access import Door

requires = Door(lambda actor: actor.is_manager).requires
