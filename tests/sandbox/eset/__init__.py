"""Tests of the pretend ESET."""
