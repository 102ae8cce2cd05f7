"""The bundle that `make bundle` made; skipped where there is none."""
