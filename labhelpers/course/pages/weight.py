"""Files that a page would load without using them."""

from typing import Any

from sphinx.application import Sphinx

__all__ = ["leave_design_out"]


def leave_design_out(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Leave the files for cards, grids and tabs out of a page that has none.

    They come with Jupyter Book, on every page, and weigh more than all our widgets.

    Args:
        app: The application that builds the book.
        page: The page being written.
        template: The name of its template.
        context: What the template may show; its styles and scripts are changed in place.
        doctree: The page's content.
    """
    if 'class="sd-' in (context.get("body") or ""):
        return
    for kind in ("css_files", "script_files"):
        context[kind] = [
            file
            for file in context.get(kind, [])
            if not any(name in str(getattr(file, "filename", file)) for name in _FILES)
        ]


_FILES = ("sphinx-design", "design-tabs")
