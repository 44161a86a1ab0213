"""What makes the pages: `builder` runs Jupyter Book, which loads `extension`."""
