"""The library: everything ever made, in a grid that asks only for what is in sight."""
