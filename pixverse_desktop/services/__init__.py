"""Between the engine and the window: workers, signals, settings, secrets, paths, logs."""
