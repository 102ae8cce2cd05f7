"""The left panel: frames, prompt, parameters, cost and Generate."""
