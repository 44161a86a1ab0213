"""Running chapters for real."""
