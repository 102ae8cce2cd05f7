"""Clips one behind the other as one film."""
