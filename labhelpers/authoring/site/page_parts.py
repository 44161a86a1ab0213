"""Parts of a page put right: folded cells, decisive columns, files that it does not use."""

from __future__ import annotations

from typing import Any

from docutils import nodes

# By the class that a cell's tag gives it: what to call its content.
FOLDED = {"setup": "the set-up cell", "imports": "the imports", "solution": "the solution"}
# What `labhelpers.insight.show.tables` puts before the title of a decisive column.
MARK = '<span class="decisive">'
_DESIGN = ("sphinx-design", "design-tabs")


def name_folded_cells(doctree: nodes.document) -> None:
    """Say what is folded: a solution, or the set-up cell, rather than some cell's content."""
    for node in doctree.findall(nodes.container):
        if node.get("nb_element") != "cell_code" or "prompt_show" not in node:
            continue
        last_words = {name.removeprefix("tag_").rsplit("-", 1)[-1] for name in node["classes"]}
        for word in (word for word in FOLDED if word in last_words):
            node["prompt_show"] = f"Show {FOLDED[word]}"
            node["prompt_hide"] = f"Hide {FOLDED[word]}"


def let_lines_name_themselves(context: dict[str, Any]) -> None:
    """Take away a label that hides from screen readers which cell a line unfolds."""
    if context.get("body"):
        label = '<summary aria-label="Toggle hidden content">'
        context["body"] = context["body"].replace(label, "<summary>")


def mark_columns(doctree: nodes.document) -> None:
    """Give every cell of a decisive column a class, for the style sheet to pin it by.

    Only the title is marked where a table is made, so that the notebook's text stays readable.
    """
    for table in doctree.findall(nodes.table):
        marked = {
            column
            for head in table.findall(nodes.thead)
            for row in head.findall(nodes.row)
            for column, title in enumerate(row.children)
            if any(mark.astext() == MARK for mark in title.findall(nodes.raw))
        }
        for row in table.findall(nodes.row):
            for column in marked:
                row[column]["classes"].append("decisive")


def leave_files_out(context: dict[str, Any], *names: str) -> None:
    """Leave out of a page the styles and scripts whose names have any of `names` in them."""
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
