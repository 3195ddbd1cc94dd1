"""Tests of the pretend Microsoft."""
