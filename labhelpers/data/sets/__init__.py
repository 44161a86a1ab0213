"""The data sets of the book, and their drawn stand-ins."""
