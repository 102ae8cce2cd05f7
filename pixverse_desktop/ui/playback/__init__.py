"""Playing and decoding clips: what player and comparison share."""
