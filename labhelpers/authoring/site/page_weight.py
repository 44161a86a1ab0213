"""Files that a page would load without using them."""

from __future__ import annotations

from typing import Any

_DESIGN = ("sphinx-design", "design-tabs")


def leave_files_out(context: dict[str, Any], *names: str) -> None:
    """Leave styles and scripts out of a page.

    A file goes whose name has any of `names` in it.
    """
    for kind in ("css_files", "script_files"):
        context[kind] = [
            file
            for file in context.get(kind, [])
            if not any(name in str(getattr(file, "filename", file)) for name in names)
        ]


def leave_design_out(context: dict[str, Any]) -> None:
    """Leave the files for cards, grids and tabs out of a page that has none.

    They come with Jupyter Book, on every page, and weigh more than all our widgets.
    """
    if 'class="sd-' not in (context.get("body") or ""):
        leave_files_out(context, *_DESIGN)
