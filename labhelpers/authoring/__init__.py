"""What makes the book: its chapters, their runs, the trust in both, and its pages."""

import sys

# Where JupyterLab is installed too, importing nbformat compiles a grammar of web addresses, which
# takes longer than all else that a command loads. No notebook is checked against it.
sys.modules.setdefault("rfc3987_syntax", None)
