"""A chapter's text and its notebook."""
