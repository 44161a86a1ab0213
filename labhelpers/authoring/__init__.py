"""What makes the book: its chapters, their runs, the trust in both, and its pages."""
