"""The storyboard: a film as its shots, their takes, and what is missing of it."""
