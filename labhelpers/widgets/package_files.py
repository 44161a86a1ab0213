"""What widgets take from the package: JavaScript as one text, style, networks and stills."""

import re
from pathlib import Path

FOLDER = Path(__file__).parent
_EXPORT = re.compile(r"^export (?=async|function|const|class|let)", re.MULTILINE)
# Lines that hold a comment alone; and all but one of the spaces before a line's first word.
_SPARE = re.compile(r"^[ \t]*(?://.*)?\n|^[ \t]+(?= )", re.MULTILINE)
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w.]+)";\n', re.MULTILINE)


def join_module(name: str, *, folder: Path = FOLDER) -> str:
    """Joins a widget's module with the parts that it imports, each once, to one ES module.

    A page opened from a folder may not import one file from another, so a widget carries all it
    needs. A part's `import { ... } from "./part.js";` lines go, and so does the word `export` of
    parts; all share one scope, so no two may give the same name at their top level.
    """
    parts: dict[str, str] = {}

    def add(file: str) -> None:
        if file in parts:
            return
        text = read_part(file, folder=folder)
        parts[file] = ""
        for found in _IMPORT.finditer(text):
            add(found[1])
        del parts[file]  # a part stands after those that it imports
        text = _IMPORT.sub("", text)
        if file != f"{name}.js":
            text = _EXPORT.sub("", text)
        parts[file] = text

    add(f"{name}.js")
    return "\n".join(parts.values())


def read_part(file: str, *, folder: Path = FOLDER) -> str:
    """Reads a file of JavaScript without indentation and lines of comment: a sixth less to load.

    It may hold no template over several lines.
    """
    return _SPARE.sub("", (folder / file).read_text(encoding="utf-8"))


def read_style(*, folder: Path = FOLDER) -> str:
    """Reads the style rules that all widgets share."""
    return (folder / "widgets.css").read_text(encoding="utf-8")


def read_weights(name: str) -> bytes:
    """Reads a network of the package by its file without ending, such as "hourglass"."""
    return (FOLDER / "weights" / f"{name}.bin").read_bytes()


def read_still(name: str) -> str:
    """Reads the still picture of a widget that comes with the package, an `<svg>` element."""
    return (FOLDER / "weights" / f"{name}.svg").read_text(encoding="utf-8")
