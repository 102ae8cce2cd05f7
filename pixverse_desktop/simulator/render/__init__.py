"""The renderer: procedural scenes, moving pictures, sound and the MP4 around them."""
