"""How the service speaks: HTTP, its field names, its errors, its files."""
