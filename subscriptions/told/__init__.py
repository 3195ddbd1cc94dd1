"""What people are told before they decide: what can be done now, what it would do, and what it costs."""
