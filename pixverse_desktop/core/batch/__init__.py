"""Many clips at once: patterns in prompts, axes, and what of it is there already."""
