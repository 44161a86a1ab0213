"""What holds of every widget."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest
from accessibility import find_faults
from every_widget import WIDGETS
from widget_pages import ROOT, read_states

from labhelpers.authoring.site.scripts import shrink_script
from labhelpers.authoring.widget_weights import train_handwriting
from labhelpers.authoring.widget_weights.train_shapes import RECIPES, STILLS
from labhelpers.widgets import live_widget, package_files

FOLDER = ROOT / "labhelpers/widgets"
LISTEN = "() => { window.heard = 0; addEventListener('keydown', () => { heard += 1; }); }"
every_widget = pytest.mark.parametrize("name", WIDGETS)

# Layout shifts, also those before anybody could listen.
SHIFTS = """() => new Promise((f) => new PerformanceObserver((list) =>
  f(list.getEntries().reduce((sum, entry) => sum + entry.value, 0)))
  .observe({ type: "layout-shift", buffered: true }) ?? setTimeout(() => f(0), 300))"""


def test_every_module_is_a_widget_here():
    modules = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.js")}
    assert {name for name, text in modules.items() if "\nexport default" in text} == set(WIDGETS)


def test_all_javascript_is_small():
    # As pages carry it.
    parts = [package_files.read_part(path.name) for path in FOLDER.glob("*.js")]
    sizes = [len(shrink_script(text).encode()) for text in parts]
    loader = (ROOT / "book/static/widgets.js").stat().st_size
    assert sum(sizes) + loader < 64_000
    assert loader < 4_500


@every_widget
def test_parts_share_no_name(name):
    text = package_files.join_module(name)
    assert "import " not in text
    assert len(re.findall(r"^export ", text, flags=re.MULTILINE)) == 1
    names = re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", text, flags=re.MULTILINE)
    assert sorted(names) == sorted(set(names))


@every_widget
def test_a_widget_is_light(name):
    (saved,) = [s for s in read_states(WIDGETS[name]()).values() if "_esm" in s["state"]]
    weights = [one for one in saved.get("buffers", []) if "weights" in one["path"]]
    assert sum(len(one["data"]) * 3 // 4 for one in weights) <= 300_000
    assert len(json.dumps(saved)) < 550_000
    assert len(saved["state"]["still"]) < 80_000


def test_python_and_javascript_mean_the_same_state():
    found = re.search(r"STATE_FORMAT = (\d+)", (FOLDER / "controls.js").read_text())
    assert int(found[1]) == live_widget.STATE_FORMAT


@every_widget
@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_moves_when_a_widget_comes_alive(open_widget, context, name, width):
    widget = WIDGETS[name]()
    page = open_widget(widget)
    page.set_viewport_size({"width": width, "height": 900})
    page.reload()
    page.wait_for_function("document.querySelector('.labs-widget[data-ready]')")
    assert page.evaluate(SHIFTS) == 0
    tall = [page.locator(s).bounding_box()["height"] for s in (".labs-live", ".labs-frame")]
    assert tall[0] <= tall[1] == widget.space[width < 600]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@every_widget
def test_every_control_has_a_name_a_value_and_a_focus(open_widget, name):
    page = open_widget(WIDGETS[name]())
    controls = page.locator(".labs-live").locator("input, select, button").all()
    assert controls
    names = set()
    for control in controls:
        if control.is_disabled() or not control.is_visible():
            continue
        control.focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Shift+Tab")
        assert control.evaluate("(e) => e === document.activeElement")
        assert control.evaluate("(e) => getComputedStyle(e).outlineStyle") == "solid"
        assert control.evaluate("(e) => parseFloat(getComputedStyle(e).outlineWidth)") >= 2
        label = control.evaluate("(e) => (e.labels?.[0] ?? e).textContent")
        assert label
        assert label not in names
        names.add(label)
        if control.get_attribute("type") == "range":
            before = control.get_attribute("aria-valuetext")
            assert before
            page.evaluate(LISTEN)
            control.press("ArrowRight")
            assert control.get_attribute("aria-valuetext") != before
            # JupyterLab listens there, and would go to the next cell.
            assert page.evaluate("heard") == 0


@every_widget
def test_pictures_say_what_they_show(open_widget, name):
    page = open_widget(WIDGETS[name]())
    for canvas in page.locator(".labs-live canvas").all():
        assert canvas.get_attribute("role") == "img"
        assert len(canvas.get_attribute("aria-label")) > 10


@every_widget
def test_a_widget_is_accessible_wherever_it_stands(open_widget, name):
    page = open_widget(WIDGETS[name]())
    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 800})
        assert find_faults(page) == []


@every_widget
def test_places_without_widgets_get_words(name):
    shown = WIDGETS[name]()._repr_mimebundle_()
    data = shown[0] if isinstance(shown, tuple) else shown
    assert len(data["text/plain"]) > 60
    assert "application/vnd.jupyter.widget-view+json" in data


@every_widget
def test_modules_are_sound(name, tmp_path):
    node = shutil.which("node")
    path = tmp_path / f"{name}.mjs"
    path.write_text(package_files.join_module(name), encoding="utf-8")
    if node is None:  # then the browser has read them, in every other test here
        return
    done = subprocess.run([node, "--check", str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_what_comes_with_the_package_is_what_is_trained():
    files = {path.name for path in (FOLDER / "weights").iterdir() if path.is_file()}
    assert files == {f"{name}.bin" for name in RECIPES} | {f"{name}.svg" for name in STILLS}
    assert set(STILLS) <= set(WIDGETS)


def test_what_comes_for_handwriting_is_what_is_trained():
    files = {path.name for path in (FOLDER / "weights" / "handwriting").iterdir()}
    recipes, stills = train_handwriting.RECIPES, train_handwriting.WIDGETS
    written = ("samples", "signs", *recipes)
    assert files == {f"{name}.bin" for name in written} | {f"{name}.svg" for name in stills}
    assert set(stills) <= set(WIDGETS)
