"""The manner of a chapter's text and outputs: who is held to it, and what breaks it."""

from __future__ import annotations

import ast
import html
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from built_book import ROOT

from labhelpers.authoring.chapters.checkout import Checkout
from labhelpers.authoring.chapters.sources import Chapter, find_chapters, find_tags, read_source
from labhelpers.lesson.exercises import find_exercise

CHAPTERS = find_chapters(Checkout(ROOT))
# Chapters that are still to be rewritten in the manner of chapter 1. Names are only ever taken
# from this list: when a chapter breaks nothing any more, a test asks for its name to go.
OWING = (
    "02_shapes_anywhere",
    "03_where_is_the_triangle",
    "04_hourglass",
    "05_hardware",
    "06_dense_mnist",
    "07_by_hand",
    "08_choosing_settings",
    "09_dense_further",
    "10_convolutional",
    "11_small_and_strong",
    "12_looking_inside",
)
HELD = tuple(chapter.name for chapter in CHAPTERS if chapter.name not in OWING)

WIDTH = 79
FOLDED = {"hide-input", "hide-cell"}
# Four words in a row are no accident.
WORDS_OF_A_HINT = 4


def find_faults(chapter: Chapter) -> list[str]:
    """Find what breaks the manner in a chapter's text and in its notebook's outputs."""
    cells = read_source(chapter)
    notebook = nbformat.read(chapter.notebook, as_version=4)
    return [
        *find_faults_of_code(cells),
        *find_unfolded_calls(cells),
        *([] if is_tied(cells) else ["no conclusion is tied to, or worded by, an outcome"]),
        *find_hints(notebook.cells),
    ]


def read_code(cells: list[Any]) -> Iterator[tuple[str, str, set[str]]]:
    """The code of each cell but the set-up, which is the same everywhere.

    Yields:
        How to name the cell, its code, and its tags.
    """
    for cell in cells:
        tags = find_tags(cell)
        if cell["cell_type"] == "code" and "setup" not in tags:
            yield repr(cell["source"].split("\n")[0]), cell["source"], tags


def find_faults_of_code(cells: list[Any]) -> list[str]:
    """Find wide lines, and lines that do more than one thing."""
    found = []
    for _, code, _ in read_code(cells):
        lines = code.splitlines()
        found += [f"{len(line)} characters: {line!r}" for line in lines if len(line) > WIDTH]
        found += [f"several statements: {lines[at - 1]!r}" for at in find_shared_lines(code)]
        found += [f"packed in a tuple: {lines[at - 1]!r}" for at in find_packed_lines(code)]
    return found


def find_shared_lines(code: str) -> list[int]:
    """Find the lines on which a statement stands beside another, or behind a colon."""
    lines = code.encode().splitlines()
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    found = {token.start[0] for token in tokens if token.string == ";"}
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.stmt) and lines[node.lineno - 1][: node.col_offset].strip():
            found.add(node.lineno)
    return sorted(found)


def find_packed_lines(code: str) -> list[int]:
    """Find assignments of several values written side by side, but for exchanges of names."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Tuple | ast.List):
            continue
        for target in node.targets:
            if not isinstance(target, ast.Tuple | ast.List):
                continue
            names = sorted(ast.unparse(one) for one in target.elts)
            if names != sorted(ast.unparse(one) for one in node.value.elts):
                found.append(node.lineno)
    return sorted(found)


def find_calls(code: str, *names: str) -> list[ast.Call]:
    """Find the calls of functions by their bare names."""
    return [
        node
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
    ]


def find_unfolded_calls(cells: list[Any]) -> list[str]:
    """Find `record` and `tie` between what is taught."""
    return [
        f"`{call.func.id}` in a cell that is not folded: {name}"
        for name, code, tags in read_code(cells)
        if not tags & FOLDED
        for call in find_calls(code, "record", "tie")
    ]


def is_tied(cells: list[Any]) -> bool:
    """Whether at least one conclusion is tied to its outcome, or worded by it."""
    for _, code, _ in read_code(cells):
        if find_calls(code, "tie"):
            return True
        chosen = any(isinstance(node, ast.If | ast.IfExp) for node in ast.walk(ast.parse(code)))
        if chosen and find_calls(code, "say"):
            return True
    return False


def find_hints(cells: list[Any]) -> list[str]:
    """Find sentences of an exercise's hints in the outputs of the cells that check it."""
    found = []
    for cell in cells:
        if cell["cell_type"] != "code" or not any(
            re.fullmatch(r"exercise-.+-check", tag) for tag in find_tags(cell)
        ):
            continue
        told = " ".join(read_outputs(cell))
        for call in find_calls(cell["source"], "check"):
            name = ast.literal_eval(call.args[0])
            found += [f"{name}: {hint!r}" for hint in read_hints(name) if hint in told]
    return found


def read_outputs(cell: Any) -> Iterator[str]:
    """The words that a cell shows, in whatever form."""
    for out in cell["outputs"]:
        for text in (out.get("text", ""), *out.get("data", {}).values()):
            yield join_words(html.unescape(re.sub(r"<[^>]+>", "", "".join(text))))


def read_hints(name: str) -> list[str]:
    """The sentences in the code of an exercise's file: all that may be said of an attempt."""
    exercise = find_exercise(name)
    assert exercise is not None, f"no exercise is called {name!r}"
    code = Path(exercise.steps.__code__.co_filename).read_text(encoding="utf-8")
    texts = [
        join_words(node.value)
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    sentences = [one for text in texts for one in re.split(r"(?<=[.?!:])\s+", text)]
    return [one for one in sentences if len(one.split()) >= WORDS_OF_A_HINT]


def join_words(text: str) -> str:
    """A text as it is compared: without marks of code, on one line."""
    return " ".join(text.replace("`", "").split())
