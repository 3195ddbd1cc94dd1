"""What happens to subscriptions of itself on a day."""
