"""Benchmarks: what the program costs, always beside something plain, measured in the same run."""
