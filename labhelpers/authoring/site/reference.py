"""The directive that makes a room's part of the API reference, and what mends autodoc's work.

Docstrings are plain text with `code` in backticks; autodoc reads reStructuredText.
"""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path
from types import ModuleType
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.ext.autodoc.mock import mock
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.docutils import SphinxDirective

# Never imported while the pages are built: outputs are committed, and signatures need only names.
BACKENDS = ("keras", "tensorflow", "jax", "torch")

_CODE = re.compile(r"(``.+?``|`[^`]+`)")
_STAR = re.compile(r"(?<![*\\])\*(?!\*)")
_TRAILING_UNDERSCORE = re.compile(r"(?<=\w)_(?!\w)")
_LONG_SIGNATURE = re.compile(r"<dl>\n((?:<dd>(?:(?!</?d[dlt]\b).)*</dd>\n)+)</dl>", re.DOTALL)


def public_names(room: str) -> dict[str, str]:
    """List the public names of a room and of its public submodules, and what documents each.

    That is `function`, `class`, `exception`, `data` or `module`, by the full name.
    """
    names: dict[str, str] = {}
    module = importlib.import_module(room)
    for name in getattr(module, "__all__", ()):
        thing = getattr(module, name)
        full = f"{room}.{name}"
        if isinstance(thing, ModuleType):
            names[full] = "module"
            names.update(public_names(full))
        elif inspect.isclass(thing):
            names[full] = "exception" if issubclass(thing, BaseException) else "class"
        else:
            names[full] = "function" if callable(thing) else "data"
    return names


def doc_of_constant(name: str) -> str:
    """Read what the source says of a constant: the text below it, or the comment above it."""
    room, _, constant = name.rpartition(".")
    folder = Path(str(importlib.import_module(room).__file__)).parent
    for path in sorted(folder.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if re.search(rf"(?m)^{constant}\b.* = ", source):
            told = ModuleAnalyzer.for_string(source, path.stem).find_attr_docs()
            if ("", constant) in told:
                return " ".join(told["", constant]).strip()
    raise LookupError(f"{name} needs a text below its definition that says what it is")


class RoomReference(SphinxDirective):
    """Document every public name of a room, or those of one submodule."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Write what autodoc reads, and have it read."""
        with mock(list(BACKENDS)):
            names = public_names(self.arguments[0])
        lines = ["```{eval-rst}"]
        for name, kind in names.items():
            if kind == "data":
                room, _, constant = name.rpartition(".")
                lines += [f".. py:data:: {constant}", f"   :module: {room}", ""]
                lines += [f"   {doc_of_constant(name)}"]
            else:
                lines += [f".. auto{kind}:: {name}"]
            if kind == "class":
                lines += ["   :members:"]
            lines += [""]
        lines += ["```"]
        node = nodes.container(classes=["room-reference"])
        self.state.nested_parse(lines, self.content_offset, node)
        return node.children


def mend_signatures(context: dict[str, Any]) -> None:
    """Write long signatures as lines: screen readers call Sphinx's list a broken one."""
    body = context.get("body")
    if not body or "sig-param" not in body:
        return

    def write_lines(found: re.Match[str]) -> str:
        lines = found[1].replace("<dd>", '<span class="sig-line">').replace("</dd>", "</span>")
        return f'<span class="sig-lines">{lines}</span>'

    body = _LONG_SIGNATURE.sub(write_lines, body)
    context["body"] = body.replace(
        'Variables<span class="colon">', 'Attributes<span class="colon">'
    )


def escape_markup(line: str) -> str:
    r"""Escape stray stars, bars and trailing underscores outside backticks: `2 * 3` keeps its."""
    if line.lstrip().startswith(("*", ">>>", "...", "..")):
        return line
    pieces = _CODE.split(line)
    for index in range(0, len(pieces), 2):
        piece = _STAR.sub(r"\\*", pieces[index]).replace("|", r"\|")
        pieces[index] = _TRAILING_UNDERSCORE.sub(r"\\_", piece)
    return "".join(pieces)


def escape_docstring(
    app: Sphinx, what: str, name: str, thing: object, options: Any, lines: list[str]
) -> None:
    """Escape the lines of a docstring in place; blocks of code after `::` stay."""
    code_indent: int | None = None
    for index, line in enumerate(lines):
        if not line.strip():
            continue
        indent = len(line) - len(line.lstrip())
        if code_indent is not None and indent > code_indent:
            continue
        code_indent = indent if line.rstrip().endswith("::") else None
        lines[index] = escape_markup(line)
