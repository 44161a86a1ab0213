"""The `labs` command."""
