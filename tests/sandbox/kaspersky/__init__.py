"""The pretend Kaspersky, alone."""
