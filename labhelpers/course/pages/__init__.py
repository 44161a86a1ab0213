"""The Sphinx extension that makes the book's pages from what the project knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["setup"]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension with Sphinx.

    Args:
        app: The application that builds the book.

    Returns:
        What Sphinx asks of an extension: whether reading and writing may run in parallel.
    """
    from labhelpers.course.pages.formulas import copy_mathjax, point_to_mathjax

    app.connect("config-inited", point_to_mathjax)
    app.connect("build-finished", copy_mathjax)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
