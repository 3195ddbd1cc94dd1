"""Tests of the Kaspersky plugin."""
