"""Every exercise of every chapter: stubs are met with patience, solutions pass, mistakes get hints.

Wrong answers stand in `wrong_answers/`, a file for each chapter, such as `one_layer.py`:

    WRONG = {
        "one-layer-promise": [
            ("def count_images_needed(rate, doubt=0.05):\n    return 3 / rate", "part of the hint"),
        ],
    }

Each is executed after the chapter's `imports` cells, as if the student had typed it.
"""

import re
import runpy
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import pytest

from labhelpers.authoring.chapters.checkout import Checkout
from labhelpers.authoring.chapters.sources import find_chapters, find_tags, read_source
from labhelpers.lesson.exercises import find_exercise, list_exercises

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("stub", "check", "solution")


@dataclass(frozen=True)
class Found:
    """An exercise as its chapter's cells hold it."""

    chapter: str
    name: str
    imports: str
    stub: str
    check: str
    solution: str

    @property
    def function(self) -> str:
        """The name of the student's function."""
        return re.findall(r"^def (\w+)", self.stub, re.MULTILINE)[-1]


def read_chapter(chapter):
    """The code of a chapter's cells by their tags: a list for each."""
    cells = {}
    for cell in read_source(chapter):
        if cell["cell_type"] == "code":
            for tag in find_tags(cell):
                cells.setdefault(tag, []).append(cell["source"])
    return cells


def find_exercises(chapter, cells):
    names = sorted({t[9:-5] for t in cells if re.fullmatch(r"exercise-.+-stub", t)})
    imports = "\n".join(cells.get("imports", ()))
    for name in names:
        parts = {p: "\n".join(cells.get(f"exercise-{name}-{p}", ())) for p in PARTS}
        yield Found(chapter.name, name, imports, **parts)


CHAPTERS = {c.name: (c, read_chapter(c)) for c in find_chapters(Checkout(ROOT))}
EXERCISES = [e for c, cells in CHAPTERS.values() for e in find_exercises(c, cells)]
WRONG = {}
for file in sorted((Path(__file__).parent / "wrong_answers").glob("*.py")):
    for key, answers in runpy.run_path(str(file))["WRONG"].items():
        WRONG[key] = answers
CASES = [
    pytest.param(e, *answer, id=f"{e.name}-{number}")
    for e in EXERCISES
    for number, answer in enumerate(WRONG.get(e.name, ()), start=1)
]
each_chapter = pytest.mark.parametrize("chapter", CHAPTERS)
each_exercise = pytest.mark.parametrize("found", EXERCISES, ids=lambda e: e.name)


@pytest.fixture(autouse=True)
def smoke(monkeypatch):
    monkeypatch.setenv("LABHELPERS_PROFILE", "smoke")
    with mpl.rc_context():
        yield


def answer(found, shown, code, name=None):
    """Runs code as the student's cell and then the check's cell; returns what that says."""
    space = {"__name__": "__main__"}
    exec(compile(found.imports, f"{found.chapter}-imports", "exec"), space)
    exec(compile(found.stub, f"{found.name}-stub", "exec"), space)
    exec(compile(code, f"{found.name}-answer", "exec"), space)
    if name is not None:
        space[found.function] = space[name]
    before = len(shown)
    exec(compile(found.check, f"{found.name}-check", "exec"), space)
    assert len(shown) == before + 1
    return shown[before]["text/plain"]


def test_there_are_chapters():
    assert CHAPTERS


@each_chapter
def test_a_chapter_has_three_exercises_and_three_questions(chapter):
    _, cells = CHAPTERS[chapter]
    assert len([e for e in EXERCISES if e.chapter == chapter]) >= 3
    assert len(cells.get("quiz", ())) >= 3


@each_chapter
def test_a_chapter_s_questions_can_be_asked(chapter, shown):
    _, cells = CHAPTERS[chapter]
    space = {}
    exec("\n".join(cells["imports"]), space)
    before = len(shown)
    for code in cells["quiz"]:
        exec(code, space)
    assert len(shown) - before == len(cells["quiz"])
    assert all("labs-quiz" in shown[i]["text/html"] for i in range(before, len(shown)))


@each_exercise
def test_an_exercise_is_whole(found):
    assert found.check, "no cell tagged -check"
    assert found.solution, "no cell tagged -solution"
    assert re.fullmatch(rf'check\("{found.name}", {found.function}\)', found.check.strip())
    assert f"def solution_{found.function}(" in found.solution
    assert f"def {found.function}(" not in found.solution, "it would overwrite the student's own"
    assert found.name.startswith(re.sub(r"^\d+_", "", found.chapter).replace("_", "-") + "-")


@each_exercise
def test_the_stub_is_not_yet_right_and_gives_no_hint_away(found, shown):
    text = answer(found, shown, found.stub)
    assert text.startswith("… Not yet.")
    assert find_exercise(found.name).hint not in text


@each_exercise
def test_the_solution_is_right(found, shown):
    text = answer(found, shown, found.solution, f"solution_{found.function}")
    assert text.startswith("✓ Right."), text


@each_exercise
def test_common_mistakes_are_listed(found):
    assert len(WRONG.get(found.name, ())) >= 2, "list the mistakes to expect in wrong_answers/"


@pytest.mark.parametrize(("found", "code", "hint"), CASES)
def test_a_mistake_gets_the_hint_that_fits(found, code, hint, shown):
    text = answer(found, shown, code)
    assert text.startswith("✗ Not right yet."), text
    assert hint in text, text


def test_every_definition_belongs_to_a_chapter():
    names = {e.name for e in EXERCISES}
    assert set(list_exercises()) == names
    assert set(WRONG) == names
