"""What lists announce to the floors above, which know how to tell people."""

from django.dispatch import Signal

# Sent with `export` (ListExport) when a file is ready or has failed, in the transaction that says so.
export_finished = Signal()
