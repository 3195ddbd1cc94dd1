"""Pretend vendors over real HTTP, written from their public documentation and knowing nothing of the platform."""
