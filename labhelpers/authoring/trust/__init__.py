"""What is old, and what proves that it still holds."""
