"""What people do with subscriptions: one file a verb, each begins in opening."""
