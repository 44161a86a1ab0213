"""A board to draw digits on, in a page without a kernel."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect
from reading import read_grey

from labhelpers.authoring.widget_weights.train_handwriting import restore
from labhelpers.data import centre_digit
from labhelpers.models import build_compact_cnn, build_dense
from labhelpers.widgets import show_digit_drawer
from labhelpers.widgets.handwriting import DRAWN, answer_digits, read_samples


def arc(x, y, wide, tall, start, end):
    """Points of an arc, from one angle to another in degrees, 0 to the right, 90 down."""
    turns = np.deg2rad(np.linspace(start, end, 12))
    return [(x + wide * np.cos(a), y + tall * np.sin(a)) for a in turns]


# Strokes as a hand draws them, from 0 to 1 across and down.
STROKES = {
    0: [arc(0.5, 0.5, 0.2, 0.32, -90, 270)],
    1: [[(0.54, 0.15), (0.48, 0.85)]],
    2: [[*arc(0.5, 0.32, 0.2, 0.16, 190, 390), (0.3, 0.82), (0.74, 0.8)]],
    3: [arc(0.48, 0.33, 0.18, 0.17, 200, 440), arc(0.48, 0.66, 0.21, 0.18, -80, 160)],
    4: [[(0.36, 0.18), (0.28, 0.52), (0.7, 0.52)], [(0.66, 0.2), (0.6, 0.86)]],
    5: [[(0.68, 0.18), (0.36, 0.18), (0.34, 0.46), *arc(0.46, 0.63, 0.2, 0.18, -80, 150)]],
    6: [[(0.58, 0.15), (0.4, 0.42), *arc(0.5, 0.66, 0.17, 0.17, 170, 530)]],
    7: [[(0.28, 0.2), (0.7, 0.2), (0.46, 0.85)]],
    8: [[*arc(0.5, 0.32, 0.15, 0.16, 90, 450), *arc(0.5, 0.67, 0.18, 0.18, -90, 270)]],
    9: [[*arc(0.48, 0.35, 0.16, 0.18, 0, -360), (0.64, 0.35), (0.58, 0.85)]],
}


@pytest.fixture(scope="module")
def networks():
    return {name: restore(file) for name, file in DRAWN.items()}


def settle(page):
    page.evaluate("() => new Promise((f) => requestAnimationFrame(() => requestAnimationFrame(f)))")


def find_board(page):
    return page.get_by_role("img", name="Draw a digit")


def draw(page, strokes, *, scale=1.0, place=(0.0, 0.0)):
    """Draw with the mouse, in parts of the board."""
    box = find_board(page).bounding_box()

    def move(point):
        x, y = (scale * a + b for a, b in zip(point, place, strict=True))
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])

    for stroke in strokes:
        move(stroke[0])
        page.mouse.down()
        for point in stroke[1:]:
            move(point)
        page.mouse.up()
    settle(page)


def read_table(page):
    """The networks' probabilities, (networks, 10)."""
    rows = page.get_by_role("table", name="Probabilities").get_by_role("row").all()[1:]
    return np.array(
        [[float(c) for c in row.get_by_role("cell").all_inner_texts()] for row in rows]
    ).T


def check_page(page, networks):
    """Compare the pictures and probabilities of the page with what Python makes of the board."""
    board = np.rint(read_grey(find_board(page)) * 255).astype(np.uint8)
    right = centre_digit(board[None])
    shown = read_grey(page.get_by_role("img", name="centred in 28"))
    assert np.abs(shown - right[0]).max() < 0.51 / 255
    fitted = read_grey(page.get_by_role("img", name="fitted into 20"))
    assert fitted.shape == (20, 20)
    assert np.sort(fitted[fitted > 0]) == pytest.approx(np.sort(shown[shown > 0]), abs=1e-6)
    found = read_table(page)
    for answer, model in zip(found, networks.values(), strict=True):
        assert answer == pytest.approx(answer_digits(model, right)[0], abs=0.008)


def test_drawn_digits_are_read_rightly(open_widget, networks):
    page = open_widget(show_digit_drawer(sample=None))
    right = np.zeros(2)
    for digit, strokes in STROKES.items():
        page.get_by_role("button", name="Clear").click()
        draw(page, strokes)
        best = read_table(page).argmax(axis=1)
        right += best == digit
        expect(page.get_by_text(f"dense: {best[0]},").last).to_be_visible()
    check_page(page, networks)
    dense, convolutional = right
    assert convolutional == 10
    assert dense >= 9


def test_where_and_how_large_a_digit_is_drawn_does_not_matter(open_widget, networks):
    page = open_widget(show_digit_drawer(sample=None))
    page.get_by_role("slider", name="Pen").press("Home")
    for scale, place in ((0.4, (0.55, 0.02)), (0.4, (0.02, 0.55)), (0.9, (0.05, 0.05))):
        page.get_by_role("button", name="Clear").click()
        draw(page, STROKES[3], scale=scale, place=place)
        check_page(page, networks)
        assert read_table(page)[1].argmax() == 3
    told = page.get_by_text("is scaled to")
    assert "px, is scaled to 1" in told.inner_text()


def test_samples_are_read_and_make_room_for_the_first_stroke(open_widget, networks):
    page = open_widget(show_digit_drawer(sample=4))
    images, labels = read_samples()
    for i in (12, 24):
        page.get_by_role("combobox", name="Start from").select_option(
            f"a{'n' * (i == 24)} {labels[i]}"
        )
        settle(page)
        shown = read_grey(page.get_by_role("img", name="centred in 28"))
        assert np.abs(shown - images[i] / 255).max() < 0.51 / 255
        check_page(page, networks)
        assert (read_table(page).argmax(axis=1) == labels[i]).all()
    page.reload()
    page.wait_for_function("document.querySelector('.labs-widget[data-ready]')")
    assert (read_grey(find_board(page)) > 0).sum() > 500
    draw(page, [[(0.1, 0.1), (0.12, 0.1)]])
    assert 0 < (read_grey(find_board(page)) > 0).sum() < 250


def test_an_empty_board_gets_a_sentence_and_no_answer(open_widget):
    page = open_widget(show_digit_drawer())
    page.get_by_role("button", name="Clear").click()
    settle(page)
    expect(page.get_by_text("The board is empty: draw a digit, or start from one.")).to_be_visible()
    table = page.get_by_role("table", name="Probabilities")
    assert set(table.get_by_role("cell").all_inner_texts()) == {"\u2013"}
    assert page.get_by_role("img", name="maps of").count() == 0
    assert find_board(page).get_attribute("aria-label") == "Draw a digit: empty"
    draw(page, STROKES[1])
    assert read_table(page)[1].argmax() == 1


def test_a_digit_is_drawn_by_keyboard(open_widget, networks):
    page = open_widget(show_digit_drawer(sample=None))
    pen = page.get_by_role("button", name="the pen of the arrow keys")
    pen.focus()
    for _ in range(9):
        pen.press("ArrowUp")
    assert page.get_by_text("Pen up at 56, 20 px").count() == 1
    expect(page.get_by_text("The board is empty")).to_be_visible()
    pen.press("Enter")
    expect(pen).to_have_text("Lift the pen of the arrow keys")
    for _ in range(18):
        pen.press("ArrowDown")
    pen.press(" ")
    pen.press("ArrowRight")
    page.get_by_role("combobox", name="Layer").focus()
    settle(page)
    lit = read_grey(find_board(page)) > 0.5
    rows, columns = np.nonzero(lit)
    assert (rows.min(), rows.max()) == (15, 96)
    assert (columns.min(), columns.max()) == (51, 60)
    check_page(page, networks)
    assert (read_table(page).argmax(axis=1) == 1).all()


def test_layers_show_what_they_give(open_widget, networks):
    page = open_widget(show_digit_drawer(sample=7))
    layers = page.get_by_role("combobox", name="Layer")
    names = layers.get_by_role("option").all_inner_texts()
    assert names == [
        *("dense: hidden_1", "dense: hidden_2"),
        *(f"convolutional: {name}" for name in ("conv_1", "pool_1", "conv_2", "pool_2")),
    ]
    settle(page)
    (image,) = np.rint(read_grey(page.get_by_role("img", name="centred in 28")) * 255)[None]
    import keras

    model = networks["convolutional"]
    part = keras.Sequential([keras.Input((28, 28)), *model.layers[:2]])
    maps = keras.ops.convert_to_numpy(part(np.float32(image)[None] / 255))[0]
    shown = read_grey(page.get_by_role("img", name="conv_1, 32 maps of 28"))
    assert shown.shape == (4 * 29 - 1, 8 * 29 - 1)
    tiles = [shown[29 * (k // 8) :, 29 * (k % 8) :][:28, :28] for k in range(32)]
    assert np.abs(np.stack(tiles, axis=-1) - maps / maps.max()).max() < 0.01
    layers.select_option("dense: hidden_2")
    settle(page)
    assert read_grey(page.get_by_role("img", name="hidden_2, 64 units")).shape == (6, 12)


def test_a_finger_draws_on_a_phone(browser, tmp_path):
    from widget_pages import read_states, write_page

    widget = show_digit_drawer(sample=None)
    context = browser.new_context(
        viewport={"width": 375, "height": 800}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(write_page(tmp_path, read_states(widget), [widget.model_id]).as_uri())
    page.wait_for_function("document.querySelector('.labs-widget[data-ready]')")
    board = find_board(page)
    assert board.evaluate("(e) => getComputedStyle(e).touchAction") == "none"
    box = board.bounding_box()
    touch = context.new_cdp_session(page)
    points = [(0.54, 0.15), (0.51, 0.5), (0.48, 0.85)]
    for kind, (x, y) in zip(("touchStart", "touchMove", "touchMove"), points, strict=True):
        place = {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [place]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    settle(page)
    assert page.evaluate("scrollY") == 0
    assert read_table(page)[1].argmax() == 1
    context.close()


def test_the_readers_own_networks_answer(open_widget):
    models = {"mine": build_dense(seed=1), "other": build_compact_cnn(seed=1)}
    page = open_widget(show_digit_drawer(models, sample=2))
    check_page(page, models)


def cut_samples(saved):
    for one in saved["buffers"]:
        if one["path"] == ["samples"]:
            one["data"] = one["data"][:400]


def test_pictures_cut_short_give_a_sentence(open_widget):
    page = open_widget(show_digit_drawer(), cut_samples)
    expect(page.get_by_text("its pictures are missing or cut short")).to_be_visible()
    expect(page.get_by_role("img", name="Digits as somebody drew them")).to_be_visible()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"models": {}}, "models must hold at least one model"),
        ({"models": build_dense()}, "models must be a dict of models by name"),
        ({"models": {"a": build_dense(image_shape=(20, 20))}}, r"models must take .* \(20, 20\)"),
        ({"models": {"a": build_dense(num_classes=3)}}, "10 probabilities"),
        ({"sample": 10}, "sample must be a whole number from 0 to 9"),
        ({"pen_px": 2}, "pen_px must be a whole number from 4 to 24"),
        ({"pen_px": "wide"}, "pen_px must be a whole number"),
    ],
)
def test_bad_input_is_refused(change, said):
    with pytest.raises((TypeError, ValueError), match=said):
        show_digit_drawer(**change)
