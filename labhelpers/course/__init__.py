"""The course room."""
