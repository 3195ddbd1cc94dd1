"""Which of a plugin's methods carries an operation out."""

from vendors.base import Connection, Done, Outcome, Service, Steps, Task, VendorPlugin
from vendors.capabilities import RenewsTerms, SwitchesServices
from vendors.commitments import HoldsCommitments
from vendors.models import OperationAction


def perform(plugin: VendorPlugin, connection: Connection, task: Task, steps: Steps) -> Outcome:
    """Call the plugin's method for the task, and return what it came to; raises VendorError."""
    if task.order is not None:
        return plugin.provision(connection, task.order, steps)
    if task.service is None:
        raise ValueError(f"Task {task.reference} has neither an order nor a service.")
    if task.action == OperationAction.CHANGE:
        return plugin.change(connection, task.service, task.quantities, steps)
    if task.action in (OperationAction.RENEW, OperationAction.ARRANGE):
        return _of_its_term(plugin, connection, task, task.service, steps)
    if task.to is not None and isinstance(plugin, SwitchesServices):
        return plugin.switch(connection, task.service, task.to, steps)
    verbs = {
        OperationAction.SUSPEND: plugin.suspend,
        OperationAction.RESUME: plugin.resume,
        OperationAction.CANCEL: plugin.cancel,
    }
    return verbs[OperationAction(task.action)](connection, task.service, steps)


def _of_its_term(plugin: VendorPlugin, connection: Connection, task: Task, service: Service, steps: Steps) -> Outcome:
    """Renew a service's term, or arrange its end; nothing where that was planned while the plugin was away."""
    if task.action == OperationAction.RENEW and isinstance(plugin, RenewsTerms):
        return plugin.renew(connection, service, task.term, steps)
    if task.action == OperationAction.ARRANGE and isinstance(plugin, HoldsCommitments):
        return plugin.arrange_end(connection, service, steps)
    return Done(service.vendor_ids)
