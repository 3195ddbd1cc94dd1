"""Example Backup, a vendor that exists only here: a plugin in a package of its own, to be copied."""
