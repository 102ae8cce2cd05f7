"""Menus, keys and what they do."""
