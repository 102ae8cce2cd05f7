"""Pictures in, clips looked into: Pillow for frames, PyAV for video. Blocks; runs on workers."""
