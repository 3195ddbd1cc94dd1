"""Differences with vendors are settled: ours restored there, or theirs taken into the books; one by one and in bulk."""
