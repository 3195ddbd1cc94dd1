"""Mutation testing of billing/engine: each small fault that is planted into it has to be found by a test."""
