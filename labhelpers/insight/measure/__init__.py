"""Numbers from models and images."""
