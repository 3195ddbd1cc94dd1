"""The plugin for Kaspersky: monthly licences of its Subscriptions API v2.0."""
