"""The door of the customer panel: customers' users only."""

from core.panel.access import Door
from customer_panel.remedies import way_to

requires = Door(lambda actor: actor.is_customer, remedies=way_to).requires
