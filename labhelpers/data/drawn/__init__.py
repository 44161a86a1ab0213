"""Shapes drawn on the spot."""
