"""Pixverse Desktop: make, watch and keep short clips from PixelDojo's Pixverse V6 service."""

__version__ = "0.9.0"
