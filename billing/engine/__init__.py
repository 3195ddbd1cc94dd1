"""The arithmetic of billing: pure Python. No Django, no clock, no rows; days and prices are passed in."""
