"""What is under way, and the clips that came of it."""
