"""The commands: the window's engine and store, without Qt."""
