"""What a subscription is, for all rooms: its terms and units, what a vendor is asked, how an order ends."""
