"""The sheet of several takes: many clips at once, seen before they are paid for."""
