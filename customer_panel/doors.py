"""The door of the customer panel: customers' users only."""

from core.panel.access import Door

requires = Door(lambda actor: actor.is_customer).requires
