"""What accounts announces to the floors above, all in one file: the only upward road from here."""

from django.dispatch import Signal

# A link has to reach a person. Keyword: invitation. Received by notifications, in the same transaction.
person_invited = Signal()

# Something happened to a person's sign-in, and the person is told. Keywords: person, kind (of notifications.events),
# detail, address (an e-mail where it is not the person's present one). Sent in the transaction of what it tells about.
sign_in_changed = Signal()

# An account is about to be deleted. Keyword: account. Whoever still has business with it (live subscriptions, money)
# raises Refused, and the account stays.
account_closing = Signal()

# What accounts are served on (limits, class, a manager's hold) is about to change, and has changed, in one transaction.
# Keywords: account_ids, today. What is due under the old terms is carried out before; after it holds follow the new.
terms_changing = Signal()
terms_changed = Signal()

# Accounts are about to pay otherwise (before, or afterwards). Keyword: account_ids. Whoever still counts on the present
# model (live subscriptions) raises Refused, and it stays.
payment_model_changing = Signal()
