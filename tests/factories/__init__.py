"""The makers of test rows."""
