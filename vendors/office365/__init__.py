"""Microsoft Office 365 through Partner Center: customers, agreements, orders, subscriptions, consent."""
