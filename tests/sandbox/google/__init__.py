"""Tests of the pretend Google, by clients that know nothing of ours."""
