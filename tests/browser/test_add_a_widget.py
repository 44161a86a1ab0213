"""The page for authors takes them to a widget that works."""

from __future__ import annotations

import re
import shutil
from functools import partial
from typing import ClassVar

import pytest
import traitlets
from playwright.sync_api import expect
from widget_pages import ROOT

from labhelpers.widgets import live_widget
from labhelpers.widgets.live_widget import LiveWidget
from labhelpers.widgets.package_files import join_module

PAGE = (ROOT / "book/pages/add_a_widget.md").read_text(encoding="utf-8")
FOLDER = ROOT / "labhelpers/widgets"
MODULE = re.search(r"```js\n(.*?)```", PAGE, re.DOTALL)[1]


@pytest.fixture
def level(monkeypatch, tmp_path) -> type[LiveWidget]:
    """The class of step 2, for the module of step 1, in a folder beside the package's parts."""
    for part in (*FOLDER.glob("*.js"), FOLDER / "widgets.css"):
        shutil.copy(part, tmp_path)
    text = "\n".join(line.removeprefix("   ") for line in MODULE.splitlines())
    (tmp_path / "level_of_the_page.js").write_text(text + "\n", encoding="utf-8")
    monkeypatch.setattr(live_widget, "join_module", partial(join_module, folder=tmp_path))

    class Level(LiveWidget):
        module: ClassVar[str] = "level_of_the_page"
        height_px: ClassVar[tuple[int, int]] = (120, 140)

        level = traitlets.Int(4).tag(sync=True)

    return Level


def test_it_is_short():
    assert len(PAGE.splitlines()) <= 80


def test_its_example_is_a_widget(open_widget, level):
    drawing = '<svg role="img" aria-label="Doubling"></svg>'
    page = open_widget(level(still=drawing, message="Twice a number is twice as much."))
    expect(page.get_by_text("4 twice is 8")).to_be_visible()
    page.get_by_role("slider", name="Level").press("ArrowRight")
    expect(page.get_by_text("5 twice is 10")).to_be_visible()
    page.get_by_role("slider", name="Level").press("Home")
    expect(page.get_by_text("0 twice is 0")).to_be_visible()


def test_its_example_stops_with_a_sentence(open_widget, level):
    def make_older(saved):
        saved["state"]["format"] = 0

    page = open_widget(level(still="<svg></svg>", message="Twice."), change=make_older)
    expect(page.get_by_text("made by another version of the book's package")).to_be_visible()


def test_what_it_names_is_there():
    table = PAGE.split("## What there is")[1].split("## Five steps")[0]
    files = set(re.findall(r"`(\w+\.(?:js|py|css))`", table))
    assert len(files) > 8
    assert [name for name in files if not (FOLDER / name).is_file()] == []
    (row,) = [line for line in table.splitlines() if line.startswith("| `controls.js`")]
    controls = (FOLDER / "controls.js").read_text(encoding="utf-8")
    given = set(re.findall(r"^export (?:function|const) (\w+)", controls, re.MULTILINE))
    assert set(re.findall(r"`(\w+)`", row)) == given
