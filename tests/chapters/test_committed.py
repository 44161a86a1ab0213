"""What holds of every chapter that is committed: text, notebook, outputs, figures."""

from __future__ import annotations

import ast
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
import yaml

from labhelpers.authoring.chapters.checkout import Checkout
from labhelpers.authoring.chapters.sources import (
    find_cell_rows,
    find_chapters,
    find_rows,
    find_tags,
    hash_code,
    read_source,
)
from labhelpers.authoring.chapters.sync import sync_chapter

ROOT = Path(__file__).resolve().parents[2]
CHECKOUT = Checkout(ROOT)
CHAPTERS = find_chapters(CHECKOUT)
TAGS = re.compile(
    r"setup|imports|parameters|show|quiz|hide-input|hide-cell|hide-output|raises-exception"
    r"|row-[A-Z]\d{1,2}[a-z]?|exercise-[a-z0-9-]+-(stub|check|solution)"
)
every_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)


def read_code(chapter):
    return [cell for cell in read_source(chapter) if cell["cell_type"] == "code"]


def read_notebook(chapter):
    return nbformat.read(chapter.notebook, as_version=4)


def all_outputs(chapter):
    """The outputs of a chapter's notebook, each with the first line of its cell."""
    for cell in read_notebook(chapter).cells:
        if cell.cell_type == "code":
            for out in cell.outputs:
                yield cell.source.split("\n")[0], out


def test_each_chapter_has_its_notebook_and_each_notebook_its_chapter():
    assert CHAPTERS
    notebooks = {path.stem for path in CHECKOUT.notebooks.glob("*.ipynb")}
    assert notebooks == {chapter.name for chapter in CHAPTERS}


def test_numbers_of_chapters_are_their_own():
    numbers = [chapter.number for chapter in CHAPTERS]
    assert len(set(numbers)) == len(numbers)


def test_a_row_is_measured_by_one_chapter():
    rows = [row for chapter in CHAPTERS for row in find_rows(read_source(chapter))]
    assert len(set(rows)) == len(rows)


def test_every_chapter_is_in_the_table_of_contents():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    listed = {entry["file"] for part in toc["parts"] for entry in part["chapters"]}
    assert {f"book/notebooks/{chapter.name}" for chapter in CHAPTERS} <= listed


@every_chapter
def test_the_notebook_is_in_step_with_its_text(chapter):
    assert sync_chapter(CHECKOUT, chapter, write=False) == []  # else: labs book sync


@every_chapter
def test_outputs_come_from_the_notebooks_own_code_in_full(chapter):
    notebook = read_notebook(chapter)
    about = notebook.metadata["labhelpers"]
    assert about["profile"] == "full"
    assert about["code_sha256"] == hash_code(notebook.cells)  # else: labs book run
    code = [c for c in notebook.cells if c.cell_type == "code" and "setup" not in find_tags(c)]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))


@every_chapter
def test_no_output_is_an_error_or_a_warning(chapter):
    for place, out in all_outputs(chapter):
        assert out.output_type != "error", place
        assert out.get("name") != "stderr", f"{place}: {out.get('text')}"


@every_chapter
def test_a_notebook_is_small(chapter):
    assert chapter.notebook.stat().st_size < 1_500_000


def test_the_checkout_is_small():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    assert sum(file.stat().st_size for file in files if file.is_file()) < 15_000_000


@every_chapter
def test_code_cells_are_short(chapter):
    # A list of names to import and a question with its answers are read as lists, not as code.
    lists = {"imports", "quiz", "setup"}
    code = [cell["source"] for cell in read_code(chapter) if not lists & find_tags(cell)]
    long = [source.split("\n")[0] for source in code if source.count("\n") >= 20]
    assert long == []


@every_chapter
def test_a_chapter_is_of_a_length_to_be_read_at_once(chapter):
    # Told by what a reader sees, not by lines of the source: a limit met by packing is broken.
    words = sum(
        len(cell["source"].split())
        for cell in read_source(chapter)
        if cell["cell_type"] == "markdown"
    )
    folded = {"setup", "hide-input", "hide-cell"}
    code = [cell["source"] for cell in read_code(chapter) if not folded & find_tags(cell)]
    assert 1_000 <= words <= 4_000
    assert sum(bool(line.strip()) for source in code for line in source.splitlines()) <= 350


@every_chapter
def test_tags_are_those_of_the_book(chapter):
    tags = {tag for cell in read_source(chapter) for tag in find_tags(cell)}
    assert {tag for tag in tags if not TAGS.fullmatch(tag)} == set()
    assert {"setup", "imports", "parameters"} <= tags


@every_chapter
def test_a_chapter_starts_by_its_own_name(chapter):
    (start,) = re.findall(
        r"^profile = start_chapter\((.*?)\)", chapter.source.read_text("utf-8"), re.MULTILINE
    )
    assert start == f'"{chapter.name}"'


@every_chapter
def test_a_number_is_recorded_where_its_row_is_tagged(chapter):
    recorded = set()
    for cell in read_code(chapter):
        rows = set(re.findall(r"\brecord\(\s*[\"'](\w+)[\"']", cell["source"]))
        assert rows <= find_cell_rows(cell), cell["source"]
        recorded |= rows
    assert recorded == set(find_rows(read_source(chapter)))


@every_chapter
def test_three_exercises_and_three_questions_at_least(chapter):
    tags = [tag for cell in read_code(chapter) for tag in find_tags(cell)]
    stubs = [tag for tag in tags if re.fullmatch(r"exercise-.+-stub", tag)]
    assert len(set(stubs)) == len(stubs) >= 3
    for stub in stubs:
        assert tags.count(stub.replace("-stub", "-check")) == 1
        assert tags.count(stub.replace("-stub", "-solution")) >= 1
    assert tags.count("quiz") >= 3


@every_chapter
def test_a_chapter_runs_on_every_backend(chapter):
    imported = set()
    for cell in read_code(chapter):
        for node in ast.walk(ast.parse(cell["source"])):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").split(".")[0])
    assert not imported & {"tensorflow", "tf_keras", "jax", "torch"}


class Pictures(HTMLParser):
    """The outermost pictures of a piece of HTML, with what says what they show."""

    def __init__(self, text):
        super().__init__()
        self.told: list[str | None] = []
        self._inside = 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        hidden = given.get("aria-hidden") == "true"
        if tag == "svg":
            if not self._inside and not hidden:
                told = given.get("aria-label") if given.get("role") == "img" else None
                self.told.append(told)
            self._inside += 1
        elif tag in ("img", "canvas") and not self._inside and not hidden:
            self.told.append(given.get("alt") or given.get("aria-label"))

    def handle_endtag(self, tag):
        self._inside -= tag == "svg"


def find_pictures(out):
    """What each picture of an output says that it shows; None where it says nothing."""
    data = out.get("data", {})
    if "text/html" in data:
        return Pictures("".join(data["text/html"])).told
    return [None for kind in data if kind.startswith("image/")]


@every_chapter
def test_every_figure_says_what_it_shows(chapter):
    told = [(place, alt) for place, out in all_outputs(chapter) for alt in find_pictures(out)]
    assert told
    for place, alt in told:
        assert alt is not None, f"{place}: a figure without alternative text"
        assert len(alt.split()) >= 5, f"{place}: {alt!r} does not say what the figure shows"
        assert not re.search(r"\b(?=\w*\d)[0-9a-f]{8,}\b", alt), f"{place}: a hash in {alt!r}"


def test_figures_without_words_are_found():
    html = nbformat.v4.new_output("display_data", data={"text/html": "<svg><svg></svg></svg>"})
    assert find_pictures(html) == [None]
    html.data["text/html"] = '<svg role="img" aria-label="A disk."><image href="x"/></svg>'
    assert find_pictures(html) == ["A disk."]
    html.data["text/html"] = '<img src="x" alt="A disk."><img src="y"><svg aria-hidden="true"/>'
    assert find_pictures(html) == ["A disk.", None]
    assert find_pictures(nbformat.v4.new_output("display_data", data={"image/png": "x"})) == [None]
