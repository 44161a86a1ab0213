"""A triangle's corners to drag, and where a network sees them, in a page without a kernel."""

import re

import keras
import numpy as np
import pytest
from engine import restore
from fingers import drag_by_finger
from reading import add_noise, read_canvas

from labhelpers.authoring.widget_weights.train_shapes import build_corner_finder
from labhelpers.data import make_triangles, measure_shape_sizes
from labhelpers.data.drawn.coverage import cover_polygons
from labhelpers.insight import measure_vertex_errors
from labhelpers.models.shape_networks import build_linear
from labhelpers.widgets import show_corner_finder
from labhelpers.widgets.package_files import read_weights


def settle(page):
    page.evaluate("() => new Promise((f) => requestAnimationFrame(() => requestAnimationFrame(f)))")


def read_errors(page):
    """The mean error and those of the corners, in px."""
    text = page.locator(".labs-told").inner_text()
    return [float(number) for number in re.findall(r"\d+\.\d", text)]


def find(model, corners):
    """Where a network sees the corners of what the package draws."""
    image = add_noise(255.0 - cover_polygons(np.array([corners]), 72)[0], 20, seed=1)
    return 72 * keras.ops.convert_to_numpy(model(image)).reshape(3, 2)


def test_the_error_is_that_of_the_best_matching(open_widget):
    model = build_corner_finder(seed=2)
    corners = [[30.0, 62.0], [14.0, 20.0], [60.0, 12.0]]
    page = open_widget(show_corner_finder(model, corners=corners))
    page.get_by_role("slider", name="Corner 2 across").press("Home")
    for _ in range(5):
        page.get_by_role("slider", name="Corner 3 down").press("ArrowRight")
    settle(page)
    assert page.get_by_role("slider", name="Corner 3 down").get_attribute("aria-valuetext") == (
        "14.5 px"
    )
    corners = np.array([[30.0, 62.0], [0.0, 20.0], [60.0, 14.5]])
    right = measure_vertex_errors(find(model, corners)[None], corners[None])[0]
    mean, *each = read_errors(page)
    assert mean == pytest.approx(right, abs=0.15)
    assert np.mean(each) == pytest.approx(mean, abs=0.11)
    said = page.get_by_role("img").get_attribute("aria-label")
    assert "30, 62; 0, 20; 60, 14.5" in said
    assert f"mean error {mean} px" in said


@pytest.mark.parametrize("touch", [False, True])
def test_a_corner_is_dragged(open_widget, touch):
    page = open_widget(show_corner_finder(build_corner_finder(seed=2)))
    board = page.get_by_role("img")
    if touch:
        drag_by_finger(page, board, [(61 / 72, 13 / 72), (50 / 72, 30 / 72), (40 / 72, 50 / 72)])
    else:
        board.scroll_into_view_if_needed()
        box = board.bounding_box()
        scale = box["width"] / 72
        page.mouse.move(box["x"] + 61 * scale, box["y"] + 13 * scale)
        page.mouse.down()
        page.mouse.move(box["x"] + 40 * scale, box["y"] + 50 * scale, steps=3)
        page.mouse.up()
        settle(page)
    # The nearest corner came along.
    assert page.get_by_role("slider", name="Corner 2 across").input_value() == "40"
    assert page.get_by_role("slider", name="Corner 2 down").input_value() == "50"
    assert page.get_by_role("slider", name="Corner 1 across").input_value() == "14"
    red, _, blue, _ = read_canvas(board)[50 * 5, 40 * 5 - 6]
    assert blue > 100 + red


def test_the_packages_own_network_finds_corners():
    images, vertices = make_triangles(500, seed=123)
    clean, _ = make_triangles(500, noise=0, seed=123)
    large = measure_shape_sizes(clean) >= 50
    model = restore(build_corner_finder(), read_weights("corner_finder"))
    found = 72 * model.predict(images, verbose=0).reshape(-1, 3, 2)
    assert np.median(measure_vertex_errors(found, vertices)[large]) < 2.5


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"corners": [[1, 2], [3, 4]]}, "corners must be three corners"),
        ({"corners": [[1, 2], [3, 4], [5, 73]]}, r"corners must be three corners .* to 72"),
        ({"noise": -1}, "noise must be a finite number"),
        ({"model": build_linear()}, "six numbers, x and y of three corners"),
    ],
)
def test_bad_input_is_refused(change, said):
    with pytest.raises(ValueError, match=said):
        show_corner_finder(**change)
