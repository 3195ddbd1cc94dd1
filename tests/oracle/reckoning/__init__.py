"""A day-by-day reckoning of every billing type, prepay and postpay: units and days, nothing of the product's code."""
