"""Two takes in step."""
