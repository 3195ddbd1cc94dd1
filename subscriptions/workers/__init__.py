"""What workers do with a vendor on behalf of a subscription."""
