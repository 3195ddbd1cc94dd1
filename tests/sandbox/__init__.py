"""Tests of the pretend vendors over real HTTP."""
