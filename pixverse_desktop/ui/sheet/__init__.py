"""Many clips on one clock, to pick the best of them."""
