"""The measurements that `make bench` runs: each module with a function `run(size)` is one, named like the module."""
