"""The upward road: what the books announce to the floors above, which alone know what is sold and carried out.

Five and no more (architecture, section 3):
- payment_completed(payment, today, actor): money for an order or a top-up has arrived. Only subscriptions knows what it
  pays for.
- balance_moved(account_id, today): a correction, or credit for some days, was put on a balance or taken from it. The
  holds that follow from it are settled above.
- credit_hold_entered(account, today), credit_hold_left(account, today): an account may no longer, or may again, use
  what it has.
- books_opening(account_ids, today): money is about to move on these accounts. Due billing days are carried out first
  ("the night comes first", decision 19), so that a payment entered before a late night gives the books of a night in
  time; the calendar of billing days is known only above.
"""

from django.dispatch import Signal

payment_completed = Signal()
balance_moved = Signal()
credit_hold_entered = Signal()
credit_hold_left = Signal()
books_opening = Signal()
