"""Tests of the ESET plugin."""
