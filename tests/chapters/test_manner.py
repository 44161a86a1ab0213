"""Chapters are written to be read: in the text of their code, and in what their cells show."""

from __future__ import annotations

import nbformat
import pytest
from built_book import ROOT
from manner import (
    CHAPTERS,
    HELD,
    OWING,
    find_faults,
    find_faults_of_code,
    find_hints,
    find_unfolded_calls,
    is_tied,
)

from labhelpers.authoring.chapters.checkout import Checkout
from labhelpers.authoring.chapters.sources import find_chapter
from labhelpers.lesson.checks import check


@pytest.mark.parametrize("name", HELD)
def test_a_chapter_is_written_in_the_manner(name):
    assert find_faults(find_chapter(Checkout(ROOT), name)) == []


def test_names_are_only_ever_taken_from_the_chapters_that_owe():
    # Those of the book's first twelve chapters, chapter 1 apart; any later one is held at once.
    assert [name for name in OWING if not 2 <= int(name[:2]) <= 12] == []
    assert len(set(OWING)) == len(OWING) <= 11
    assert set(OWING) <= {chapter.name for chapter in CHAPTERS}


def code_cell(code, *tags):
    return nbformat.v4.new_code_cell(code, metadata={"tags": list(tags)})


GOOD = """\
first, second = load(1)
first, second = second, first
(x_train, y_train), (x_test, y_test) = load_mnist()
kinds = "square", "disk"
if first:
    score = max(first, second)
elif second:
    score = second
else:
    score = 0

@cached
def measure(
    images,
    labels,
):
    \"\"\"A text; with a semicolon.\"\"\"
    return [(image, label) for image, label in zip(images, labels)]"""


def test_code_written_to_be_read_is_left_alone():
    wide = code_cell("x = 1; " + "y" * 100, "setup")
    assert find_faults_of_code([wide, code_cell(GOOD)]) == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("x = 1\n" + "y" * 80, "80 characters"),
        ("x = 1; y = 2", "several statements: 'x = 1; y = 2'"),
        ("plot(x);", "several statements"),
        ("if x: y = 1", "several statements"),
        ("if x:\n    y = 1\nelse: y = 2", "several statements: 'else: y = 2'"),
        ("class A: pass", "several statements"),
        ("def f(\n    x,\n): return x", "several statements: '): return x'"),
        ('"ü"; x = 1', "several statements"),
        ("a, b = 1, 2", "packed in a tuple: 'a, b = 1, 2'"),
        ("for a in b:\n    (c, d), e = f(a), g(a)", "packed in a tuple"),
        ("a, b = [f(1), f(2)]", "packed in a tuple"),
    ],
)
def test_packed_code_is_found(code, said):
    (fault,) = find_faults_of_code([code_cell(code)])
    assert said in fault


def test_what_is_kept_stands_in_folded_cells():
    code = 'record("A1", "test_score", score)\ntie("it falls", gap < 0)'
    assert len(find_unfolded_calls([code_cell(code, "row-A1")])) == 2
    assert find_unfolded_calls([code_cell(code, "row-A1", "hide-input")]) == []
    assert find_unfolded_calls([code_cell(code, "hide-cell"), code_cell("run.record(1)")]) == []


@pytest.mark.parametrize(
    "code",
    [
        'tie("the winner loses score", gap < 0)',
        "say(f\"It {'falls' if gap < 0 else 'rises'}.\")",
        'if gap < 0:\n    say("It falls.")\nelse:\n    say("It rises.")',
    ],
)
def test_a_tied_conclusion_is_found(code):
    assert is_tied([code_cell("x = 1"), code_cell(code, "hide-input")])


@pytest.mark.parametrize("code", ['say(f"It falls by {gap}.")', "x = 1 if y else 2"])
def test_a_conclusion_that_nothing_ties_is_found(code):
    assert not is_tied([code_cell(code, "hide-input")])


def test_a_hint_on_the_page_is_found(shown):
    def promise(n, doubt):
        return 3 / n

    cell = code_cell('check("one-layer-promise", promise)', "exercise-one-layer-promise-check")
    assert find_hints([cell]) == []
    check("one-layer-promise", promise)
    for form in ("text/html", "text/plain"):
        cell.outputs = [nbformat.v4.new_output("display_data", data={form: shown[0][form]})]
        assert len(find_hints([cell])) >= 2, form
    cell.outputs[0].data = {"text/plain": "… Not yet. Write your function, then run the cell."}
    assert find_hints([cell]) == []


def test_a_hint_for_a_wrong_answer_is_found_too():
    cell = code_cell('check("one-layer-promise", promise)', "exercise-one-layer-promise-check")
    said = "One image too few: with so many, all are right with a probability above `doubt`."
    cell.outputs = [nbformat.v4.new_output("stream", text=f"Not yet. {said} Round up.")]
    assert len(find_hints([cell])) == 2
    cell.metadata["tags"] = ["quiz"]
    assert find_hints([cell]) == []
