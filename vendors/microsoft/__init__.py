"""What every plugin of Microsoft's needs: sign-in and consent, Partner Center, customers, their subscriptions."""
