"""What the lines say behind which cells are folded away."""

from __future__ import annotations

from typing import Any

from docutils import nodes

# By the class that a cell's tag gives it: what to call its content.
NAMES = {"setup": "the set-up cell", "imports": "the imports", "solution": "the solution"}


def name_folded_cells(doctree: nodes.document) -> None:
    """Say what is folded: a solution, or the set-up cell, rather than some cell's content."""
    for node in doctree.findall(nodes.container):
        if node.get("nb_element") != "cell_code" or "prompt_show" not in node:
            continue
        last_words = {name.removeprefix("tag_").rsplit("-", 1)[-1] for name in node["classes"]}
        for word, content in NAMES.items():
            if word in last_words:
                node["prompt_show"] = f"Show {content}"
                node["prompt_hide"] = f"Hide {content}"


def let_lines_name_themselves(context: dict[str, Any]) -> None:
    """Take away a label that hides from screen readers which cell a line unfolds."""
    if context.get("body"):
        label = '<summary aria-label="Toggle hidden content">'
        context["body"] = context["body"].replace(label, "<summary>")
