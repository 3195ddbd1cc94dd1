"""The composition root: settings, addresses, the Celery app, the night. Names everything, imported by nothing."""
