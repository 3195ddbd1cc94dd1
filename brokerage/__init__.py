"""The composition root: settings, addresses, the Celery app, the night. Names everything, imported by nothing."""

import gc

# Every process begins here. Python looks for rings of objects that nothing holds after each 700 new ones, among 390,000
# that stay for good: an eighth of a start and a twentieth of all later work (docs/decisions/0044).
gc.set_threshold(50_000, 20, 50)
