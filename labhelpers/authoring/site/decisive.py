"""The column of a table that its text discusses, which the page keeps in view."""

from __future__ import annotations

from docutils import nodes

# What `labhelpers.insight.show.tables` puts before the title of the column.
MARK = '<span class="decisive">'


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
