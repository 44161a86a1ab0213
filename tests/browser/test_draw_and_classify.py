"""Shapes to drag, and what networks make of them, in a page without a kernel."""

import keras
import numpy as np
import pytest
from fingers import drag_by_finger
from playwright.sync_api import expect
from reading import add_noise, read_canvas, read_grey

from labhelpers.data.drawn.coverage import cover_polygons, cover_rectangles, make_disk_polygons
from labhelpers.models.shape_networks import build_global_pool_cnn, build_linear, build_small_cnn
from labhelpers.widgets import show_draw_and_classify

KINDS = ("square", "disk", "triangle")


@pytest.fixture(scope="module")
def networks():
    return {
        "one layer": build_linear(seed=1),
        "small CNN": build_small_cnn(seed=1),
        "global max-pool": build_global_pool_cnn(seed=1),
    }


def draw(kind, x, y, extent):
    """What the package draws for what the controls say, (72, 72) from 0 to 255."""
    half = extent / 2
    if kind == "square":
        covered = cover_rectangles(np.array([[x - half, y - half, x + half, y + half]]), 72)
    elif kind == "disk":
        disk = make_disk_polygons(np.array([[x, y]]), np.array([half]), size_px=72)
        covered = cover_polygons(disk, 72)
    else:
        corners = [[x, y - half], [x + half, y + half], [x - half, y + half]]
        covered = cover_polygons(np.array([corners]), 72)
    return 255.0 - covered[0]


def read_table(page):
    """Each network's probabilities."""
    rows = page.get_by_role("table", name="Probabilities").get_by_role("row").all()[1:]
    return {
        row.get_by_role("rowheader").inner_text(): [
            float(cell) for cell in row.get_by_role("cell").all_inner_texts()
        ]
        for row in rows
    }


def settle(page):
    page.evaluate("() => new Promise((f) => requestAnimationFrame(() => requestAnimationFrame(f)))")


@pytest.mark.parametrize("kind", KINDS)
def test_every_network_answers_what_it_answers_in_python(open_widget, networks, kind):
    page = open_widget(show_draw_and_classify(networks))
    page.get_by_role("combobox", name="Shape").select_option(kind)
    page.get_by_role("slider", name="Across").press("End")
    for _ in range(22):
        page.get_by_role("slider", name="Across").press("ArrowLeft")
    page.get_by_role("slider", name="Down").press("ArrowUp")
    page.get_by_role("slider", name="Size").press("ArrowRight")
    settle(page)
    image = read_grey(page.get_by_role("img", name="Drag the shape"))
    right = add_noise(draw(kind, 50, 45, 31), 20, seed=1)
    # The page samples 64 points a pixel at the edges, the package measures areas.
    assert np.abs(image - right[0, ..., 0]).max() < 0.08
    assert np.abs(image - right[0, ..., 0]).mean() < 0.003
    found = read_table(page)
    for name, model in networks.items():
        answer = keras.ops.convert_to_numpy(model(right))[0]
        assert found[name] == pytest.approx(answer.tolist(), abs=0.02), name


def test_the_pixels_that_speak_are_weights_times_ink(open_widget, networks):
    page = open_widget(show_draw_and_classify(networks, noise=0))
    settle(page)
    kernel = networks["one layer"].get_weights()[0].reshape(72, 72, 3)
    ink = draw("disk", 24, 44, 30)[..., None] / 255 - 1
    right = ink * (kernel - kernel.mean(axis=2, keepdims=True))
    for k, kind in enumerate(KINDS):
        canvas = page.get_by_role("img", name=f"for {kind}")
        red, blue = read_canvas(canvas)[..., 0], read_canvas(canvas)[..., 2]
        clear = np.abs(right[..., k]) > 0.1 * np.abs(right).max()
        assert ((blue > red) == (right[..., k] > 0))[clear].all()
        total = right[..., k].sum()
        word = "against" if total < 0 else "for"
        said = canvas.get_attribute("aria-label")
        assert f"speak {word} it, by " in said
        assert float(said.rsplit(" ", 1)[1]) == pytest.approx(abs(total), abs=0.07)


def test_a_shape_is_dragged_and_drawn(open_widget, networks):
    page = open_widget(show_draw_and_classify(networks))
    board = page.get_by_role("img", name="Drag the shape")
    box = board.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.25, steps=4)
    page.mouse.up()
    settle(page)
    assert page.get_by_role("slider", name="Across").input_value() == "54"
    assert page.get_by_role("slider", name="Down").get_attribute("aria-valuetext") == "18 px"
    assert read_grey(board)[18, 54] < 0.2
    assert read_grey(board)[44, 24] > 0.9
    page.get_by_role("combobox", name="Shape").select_option("pen")
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.5)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.5, steps=2)
    page.mouse.up()
    settle(page)
    assert (read_grey(board)[36, 16:56] < 0.2).all()
    page.get_by_role("button", name="Clear").click()
    settle(page)
    assert (read_grey(board) > 0.9).all()
    page.get_by_role("slider", name="Across").press("Home")
    page.get_by_role("button", name="Put ink here").press("Enter")
    settle(page)
    assert read_grey(board)[36, 0] < 0.2


def test_a_finger_drags_and_draws_on_a_small_screen(open_widget, networks):
    page = open_widget(show_draw_and_classify(networks))
    board = page.get_by_role("img", name="Drag the shape")
    drag_by_finger(page, board, [(1 / 3, 0.6), (0.5, 0.5), (0.75, 0.25)])
    assert page.get_by_role("slider", name="Across").input_value() == "54"
    assert page.get_by_role("slider", name="Down").input_value() == "18"
    right = add_noise(draw("disk", 54, 18, 30), 20, seed=1)
    answer = keras.ops.convert_to_numpy(networks["small CNN"](right))[0]
    assert read_table(page)["small CNN"] == pytest.approx(answer.tolist(), abs=0.02)
    page.get_by_role("combobox", name="Shape").select_option("pen")
    drag_by_finger(page, board, [(0.2, 0.5), (0.5, 0.5), (0.8, 0.5)])
    assert (read_grey(board)[36, 16:56] < 0.2).all()


def test_the_packages_own_networks_tell_the_chapters_story(open_widget):
    page = open_widget(show_draw_and_classify())
    across = page.get_by_role("slider", name="Across")
    right = {"one layer": 0, "global max-pool": 0}
    for kind in KINDS:
        page.get_by_role("combobox", name="Shape").select_option(kind)
        for key in ("Home", "PageUp", "PageUp", "PageUp", "End"):
            across.press(key)
            settle(page)
            for name in right:
                chances = read_table(page)[name]
                right[name] += chances.index(max(chances)) == KINDS.index(kind)
    assert right["global max-pool"] >= 14
    assert right["one layer"] < right["global max-pool"]


def test_without_a_single_layer_no_pixels_are_shown(open_widget, networks):
    page = open_widget(show_draw_and_classify({"small CNN": networks["small CNN"]}))
    assert page.get_by_role("img").count() == 1
    expect(page.get_by_text("speak for each class")).to_have_count(0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"models": {}}, "models must hold at least one model"),
        ({"models": build_linear()}, "models must be a dict of models by name"),
        ({"classes": ("one", "two")}, "one probability for each of the 2 classes"),
        ({"classes": "abc"}, "classes must be a list of texts"),
        ({"noise": float("nan")}, "noise must be a finite number"),
        ({"models": {"a": build_linear(), "b": build_linear(36)}}, "images of one size"),
    ],
)
def test_bad_input_is_refused(change, said):
    with pytest.raises((TypeError, ValueError), match=said):
        show_draw_and_classify(**change)
