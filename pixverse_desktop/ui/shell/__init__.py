"""The window and what frames its views."""
