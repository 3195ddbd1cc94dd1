"""Tests of the pretend OpenSRS."""
