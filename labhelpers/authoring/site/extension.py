"""The Sphinx extension that makes the book's pages from what the project knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from labhelpers.authoring.site import (
    claim_pages,
    drawings,
    entry,
    formulas,
    page_parts,
    recorded,
    reference,
    scripts,
    theme,
    widget_places,
)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.connect("config-inited", formulas.point_to_mathjax)
    app.connect("config-inited", theme.set_theme_options)
    app.connect("config-inited", recorded.fill_substitutions)
    app.connect("config-inited", entry.add_not_found)
    app.connect("doctree-read", _of_document(page_parts.name_folded_cells))
    app.connect("doctree-read", _of_document(page_parts.mark_columns))
    app.connect("doctree-read", _of_document(formulas.keep_numbers))
    app.connect("doctree-read", widget_places.make_places)
    app.connect("doctree-read", scripts.shrink_widgets)
    app.connect("html-page-context", entry.fill_not_found)
    # After Sphinx has put MathJax among a page's scripts.
    app.connect("html-page-context", _of_context(formulas.load_where_needed), priority=900)
    app.connect("html-page-context", _of_context(page_parts.let_lines_name_themselves))
    app.connect("html-page-context", _of_context(reference.mend_signatures))
    app.connect("html-page-context", widget_places.add_style)
    app.connect("html-page-context", _of_context(page_parts.leave_design_out), priority=900)
    app.connect("build-finished", formulas.copy_mathjax)
    app.connect("build-finished", scripts.shrink_styles)
    # Before the table of contents' own extension, which writes a bare redirect if none is there.
    app.connect("build-finished", entry.write_index, priority=100)
    # Before napoleon, which turns Google's sections into markup of its own.
    app.connect("autodoc-process-docstring", reference.escape_docstring, priority=100)
    app.add_directive("drawing", drawings.Drawing)
    app.add_directive("class-table", claim_pages.ClassTable)
    app.add_directive("minutes-table", claim_pages.MinutesTable)
    app.add_directive("results-table", claim_pages.ResultsTable)
    app.add_directive("room-reference", reference.RoomReference)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _of_context(change: Callable[[dict[str, Any]], None]) -> Callable[..., None]:
    """Makes Sphinx call a function with what a page's template may show, and nothing else."""
    return lambda app, page, template, context, doctree: change(context)


def _of_document(change: Callable[[nodes.document], None]) -> Callable[..., None]:
    """Makes Sphinx call a function with the page it has read, and nothing else."""
    return lambda app, doctree: change(doctree)
