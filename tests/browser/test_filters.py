"""Filters and feature maps, as a reader moves them in a page without a kernel."""

import keras
import numpy as np
import pytest
from playwright.sync_api import expect
from reading import read_canvas, read_grey

from labhelpers.widgets import show_filters

NAMES = ["noise", "more noise"]
IMAGES = np.random.RandomState(0).random_sample((2, 20, 24, 1)).astype("float32")


@pytest.fixture(scope="module")
def network():
    """Two branches, which no list of layers could say."""
    keras.utils.set_random_seed(4)
    layers = keras.layers
    image = keras.Input((20, 24, 1), name="image")
    first = layers.Conv2D(5, 3, activation="relu", name="first")(image)
    second = layers.Conv2D(3, 3, padding="same", name="second")(first)
    joined = layers.Concatenate(name="joined")([first, second])
    row = layers.Flatten(name="row")(joined)
    return keras.Model(image, layers.Dense(18, name="answer")(row))


def run(network, layer):
    part = keras.Model(network.inputs, network.get_layer(layer).output)
    return part.predict(IMAGES, verbose=0)


def find_pane(page, number, words):
    return page.get_by_role("img", name=f"{number}: {words}", exact=False).first


def test_feature_maps_are_what_keras_gives(open_widget, network):
    page = open_widget(show_filters(network, IMAGES, names=NAMES))
    for layer in ("joined", "first"):
        page.get_by_role("combobox", name="Layer").select_option(layer)
        for image in (1, 0):
            page.get_by_role("combobox", name="Picture").select_option(NAMES[image])
            maps = run(network, layer)[image]
            low, top = maps.min(), maps.max()
            range_ = f"from {low:.2f} (black) to {top:.2f} (white).".replace("-", "\u2212")
            count = maps.shape[2]
            expect(page.locator(".labs-told")).to_have_text(
                f"{layer} for {NAMES[image]}: {count} of {count} maps of 18 by 22 pixels, {range_}"
            )
            for k in range(count):
                shown = read_grey(find_pane(page, k + 1, f"what {layer} gives for {NAMES[image]}"))
                assert abs(shown - (maps[..., k] - low) / (top - low)).max() < 0.003
            given = page.get_by_role("img", name=f"picture: {NAMES[image]}")
            assert abs(read_grey(given) - IMAGES[image, ..., 0]).max() < 0.003


def test_filters_are_the_weights_of_the_layer(open_widget, network):
    page = open_widget(show_filters(network, IMAGES, names=NAMES))
    page.get_by_role("combobox", name="Layer").select_option("second")
    page.get_by_role("combobox", name="Show").select_option("filters")
    kernel = network.get_layer("second").get_weights()[0]
    limit = abs(kernel).max()
    # Its pictures are opened first.
    expect(page.locator(".labs-told")).to_contain_text("second: 3 of 3 filters")
    slider = page.get_by_role("slider", name="Input")
    slider.press("End")
    for source in (4, 3):
        expect(page.locator(".labs-told")).to_have_text(
            f"second: 3 of 3 filters, their weights for input {source + 1} of 5. "
            f"Full colour: {limit:.2f}."
        )
        for k in range(3):
            shown = read_canvas(find_pane(page, k + 1, "weights of filter"))[..., :3]
            share = np.rint(kernel[:, :, source, k] / limit * 31)[..., None] / 31
            end = np.where(share < 0, [178, 24, 43], [33, 102, 172])
            assert abs(shown - (255 + (end - 255) * abs(share))).max() <= 1
        slider.press("ArrowLeft")


def test_what_is_no_picture_is_shown_in_rows(open_widget, network):
    page = open_widget(show_filters(network, IMAGES, names=NAMES, layers=["answer"]))
    answers = run(network, "answer")[0]
    low, top = answers.min(), answers.max()
    expect(page.locator(".labs-told")).to_contain_text("answer for noise: 18 numbers in rows of 16")
    shown = read_grey(find_pane(page, 1, "what answer gives"))
    assert shown.shape == (2, 16)
    assert abs(shown.ravel()[:18] - (answers - low) / (top - low)).max() < 0.003
    assert page.get_by_role("combobox", name="Layer").locator("option").all_inner_texts() == [
        "answer"
    ]


def test_layers_are_called_as_asked(open_widget, network):
    page = open_widget(
        show_filters(network, IMAGES, names=NAMES, layers={"second": "Last maps", "first": "Edges"})
    )
    options = page.get_by_role("combobox", name="Layer").locator("option")
    assert options.all_inner_texts() == ["Last maps", "Edges"]
    expect(page.locator(".labs-told")).to_contain_text("Last maps for noise: 3 of 3 maps")


def test_a_dense_layer_behind_a_picture_has_filters(open_widget):
    model = keras.Sequential(
        [keras.Input((20, 24, 1)), keras.layers.Flatten(), keras.layers.Dense(2, name="scores")]
    )
    widget = show_filters(model, IMAGES, names=NAMES, layers=["scores"])
    page = open_widget(widget)
    page.get_by_role("combobox", name="Show").select_option("filters")
    expect(page.locator(".labs-told")).to_contain_text("2 of 2 filters. Full colour")
    assert read_canvas(find_pane(page, 2, "weights of filter 2")).shape == (20, 24, 4)


def test_bad_requests_are_refused(network):
    with pytest.raises(ValueError, match="names must be a list of 2 texts"):
        show_filters(network, IMAGES, names=["one"])
    with pytest.raises(ValueError, match=r"'third' is none. There are first, second, joined"):
        show_filters(network, IMAGES, names=NAMES, layers=["third"])
    with pytest.raises(TypeError, match="model must be a Keras model, but is a str"):
        show_filters("network", IMAGES, names=NAMES)
    with pytest.raises(ValueError, match="built"):
        show_filters(keras.Sequential([keras.layers.Conv2D(2, 3)]), IMAGES, names=NAMES)
    with pytest.raises(ValueError, match="most must"):
        show_filters(network, IMAGES, names=NAMES, most=0)
    # In colour, where the least work of packing makes the most bytes.
    many = np.random.RandomState(0).random_sample((38, 40, 60, 3)).astype("float32")
    answers = [keras.Input((40, 60, 3)), keras.layers.Flatten(), keras.layers.Dense(2)]
    with pytest.raises(ValueError, match="at most 300,000 bytes"):
        show_filters(keras.Sequential(answers), many, names=[str(k) for k in range(38)])
