"""Settings, shortcuts, about and the sheet shown at closing."""
