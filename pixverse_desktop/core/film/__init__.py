"""Films: shots in their order, how each begins and ends, and what of them is there."""
