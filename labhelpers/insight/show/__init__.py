"""Figures, tables and their style."""
