"""Chapters fit the screens they are read on: nothing that the text discusses is out of view."""

from __future__ import annotations

import shutil

import nbformat
import pytest
import yaml
from built_book import ROOT, build_book
from layout import find_hidden
from manner import CHAPTERS, HELD, OWING, WIDTH, find_faults

from labhelpers.insight.show.tables import draw_table
from labhelpers.lesson.claim_table import draw_claims
from labhelpers.lesson.claims import judge_all
from labhelpers.lesson.result_files import find_results


@pytest.fixture(scope="module")
def hidden(browser, pages) -> dict[str, list[str]]:
    """What each chapter's page hides, from one walk over all of them."""
    page = browser.new_page()
    paths = {one.path.stem: one.path for one in pages if "notebooks" in one.path.parts}
    found = {chapter.name: find_hidden(page, paths[chapter.name]) for chapter in CHAPTERS}
    page.close()
    return found


@pytest.mark.parametrize("name", HELD)
def test_a_chapter_hides_nothing_at_its_right_edge(hidden, name):
    assert hidden[name] == []


@pytest.mark.parametrize("chapter", [c for c in CHAPTERS if c.name in OWING], ids=lambda c: c.name)
def test_a_chapter_that_owes_nothing_any_more_leaves_the_list(hidden, chapter):
    faults = hidden[chapter.name] + find_faults(chapter)
    assert faults, f"{chapter.name} is in the manner now: take it from OWING in tests/manner.py"


def text(source):
    return nbformat.v4.new_markdown_cell(source)


def code(source, *tags):
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})


def table(bundle):
    cell = code("show_table(...)", "hide-input")
    cell.outputs = [nbformat.v4.new_output("display_data", data=bundle)]
    return cell


COLUMNS = ["network", "parameters", "seconds", "loss", "training score", "test score"]
ROWS = [
    ["one layer of three outputs", 15_555, 12.5, 0.01, 0.991, 0.98],
    ["convolutional, `global_average_pooling`", 1_234_567, 1234.5, 0.02, 0.999, 0.99],
]
GOOD = [
    text("# Good\n\n$$ p_k = \\frac{e^{s_k}}{\\sum_j e^{s_j}} \\tag{1} $$"),
    text("Within a line, $a^2 + b^2 = c^2$ is short.\n\n```python\n" + "x" * WIDTH + "\n```"),
    code("y" * WIDTH),
    code("z" * 200, "hide-input"),
    code("z" * 200, "setup", "hide-cell"),
    *(table(draw_table(COLUMNS, ROWS, decisive=name)) for name in COLUMNS),
    table(draw_claims(("A1", "A2", "B1"), judge_all(find_results()))),
    table(draw_table(["network", "score"], [["one layer", 0.9]])),
]
LONG = "1" * 50
SUM = " + ".join(f"w_{{{i}}}x_{{{i}}}" for i in range(12))
# What is wrong with a cell, and what is said of it.
BAD = {
    "1280 px: code is cut off: xxx": code("x" * 100),
    "1280 px: code is cut off: yyy": text("```python\n" + "y" * 100 + "\n```"),
    "1280 px: a table is cut off: c0": table(
        draw_table([f"c{i}" for i in range(16)], [[12_345_678] * 16], decisive="c0")
    ),
    "375 px: none of 4 columns is decisive: a": table(draw_table(list("abcd"), [[1, 2, 3, 4]])),
    "375 px: it is cut off, and no column is decisive: e": table(
        draw_table(["e", "score"], [[1, LONG]])
    ),
    "375 px: the decisive column is out of view: f": table(
        draw_table(["f", "g", "h"], [[1, LONG, 3]], decisive="g")
    ),
    "375 px: the decisive column lies on the first: i": table(
        draw_table(["i", "j"], [[LONG[:35], 2]], decisive="j")
    ),
    "375 px: a formula is cut off: y=": text(f"$$ y = {SUM} $$"),
    "375 px: a formula is cut off: z=": text(f"In a line: ${{z = {SUM}}}$."),
}


@pytest.fixture(scope="module")
def small_book(tmp_path_factory):
    """A page without fault and one with many, in a book with this one's settings and styles."""
    root = tmp_path_factory.mktemp("small")
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    results = find_results().relative_to(ROOT).as_posix()
    copied = ["book/templates", results, *settings["sphinx"]["config"]["html_static_path"]]
    for name in copied:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, root / name)
    for name in ("_config.yml", "pyproject.toml"):
        shutil.copy(ROOT / name, root)
    contents = {"format": "jb-book", "root": "good", "chapters": [{"file": "bad"}]}
    (root / "_toc.yml").write_text(yaml.safe_dump(contents), encoding="utf-8")
    about = {
        "kernelspec": {"name": "python3", "display_name": "Python"},
        "language_info": {"name": "python", "pygments_lexer": "ipython3"},
    }
    for name, cells in (("good", GOOD), ("bad", [text("# Bad"), *BAD.values()])):
        nbformat.write(
            nbformat.v4.new_notebook(cells=cells, metadata=about), root / f"{name}.ipynb"
        )
    built = build_book(root, tmp_path_factory.mktemp("out"))
    assert built.returncode == 0, built.log[-6000:]
    return built.html


def test_a_page_that_fits_is_left_alone(browser, small_book):
    page = browser.new_page()
    assert find_hidden(page, small_book / "good.html") == []
    assert page.locator("mjx-container").count() == 2
    page.close()


def test_what_a_page_hides_is_found(browser, small_book):
    page = browser.new_page()
    found = find_hidden(page, small_book / "bad.html")
    page.close()
    for said in BAD:
        assert [one for one in found if one.startswith(said)], said
    assert len(found) >= len(BAD)
    assert [one for one in found if not one.startswith(tuple(BAD))] == []
