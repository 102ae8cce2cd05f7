"""The player: one clip on the stage, and the controls under it."""
