"""What may be wrong with a widget costs the reader the widget, and nothing else."""

from __future__ import annotations

import base64
from functools import cache

import numpy as np
import pytest
from every_widget import WIDGETS
from playwright.sync_api import expect
from widget_pages import read_states, write_page

from labhelpers.authoring.widget_weights.train_shapes import build_corner_finder
from labhelpers.models.shape_networks import build_hourglass
from labhelpers.widgets import show_corner_finder, show_noise_explorer


@pytest.fixture(scope="module")
def network():
    return build_hourglass(seed=3)


def drop_weights(saved):
    saved["buffers"] = [one for one in saved["buffers"] if one["path"] != ["weights"]]


def cut_weights(saved):
    for one in saved["buffers"]:
        if one["path"] == ["weights"]:
            one["data"] = one["data"][: len(one["data"]) // 8 * 4]


def cut_pictures(saved):
    for one in saved["buffers"]:
        if one["path"] == ["pictures"]:
            one["data"] = one["data"][:400]


FAULTS = {
    "weights missing": (drop_weights, ""),
    "weights cut short": (cut_weights, "its network is cut short"),
    "pictures cut short": (cut_pictures, "its pictures are missing or cut short"),
    "older state": (
        lambda saved: saved["state"].update(format=0),
        "it was made by another version of the book's package",
    ),
    "state without a format": (lambda saved: saved["state"].pop("format"), "another version"),
    "no module": (lambda saved: saved["state"].pop("_esm"), "its state is missing from the page"),
    "broken module": (lambda saved: saved["state"].update(_esm="export default {"), ""),
    "module that throws": (lambda saved: saved["state"].update(_esm="throw Error('no')"), "no"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_one_sentence_and_a_picture(open_widget, network, fault):
    spoil, said = FAULTS[fault]
    page = open_widget(show_noise_explorer(network), change=spoil)
    sentence = page.get_by_text("This widget cannot run here")
    expect(sentence).to_have_count(1)
    assert said in sentence.inner_text()
    assert sentence.inner_text().endswith("A picture of it stands in its place.")
    expect(page.get_by_role("img", name="A picture under uniform noise")).to_have_count(1)
    expect(page.get_by_role("slider")).to_have_count(0)
    expect(page.get_by_text("Text after.")).to_be_visible()


def make_older(saved):
    saved["state"]["format"] = 0


def drop_bytes(saved):
    saved["buffers"] = []


def cut_bytes(saved):
    for one in saved["buffers"]:
        one["data"] = one["data"][: len(one["data"]) // 8 * 4]


def spoil_networks(saved):
    for one in saved["buffers"]:
        packed = base64.b64decode(one["data"])
        if packed.startswith(b"LBN1"):
            spoilt = packed[:-4] + np.float32("nan").tobytes()
            one["data"] = base64.b64encode(spoilt).decode()


# These two hold their numbers in words.
WITHOUT_BYTES = ("descent", "hyperparameters")
# These show what a network gave, and hold none.
WITHOUT_NETWORK = (
    *WITHOUT_BYTES,
    "filters",
    "frames",
    "live_training",
)
EVERY_FAULT = [
    *((name, make_older) for name in WIDGETS),
    *((name, spoil) for name in WIDGETS for spoil in (drop_bytes, cut_bytes)
      if name not in WITHOUT_BYTES),
    *((name, spoil_networks) for name in WIDGETS if name not in WITHOUT_NETWORK),
]  # fmt: skip


@cache
def make_widget(name):
    return WIDGETS[name]()


@pytest.mark.parametrize(("name", "spoil"), EVERY_FAULT)
def test_no_widget_takes_the_page_down(open_widget, name, spoil):
    page = open_widget(make_widget(name), change=spoil)
    expect(page.locator(".labs-sorry:visible")).to_have_count(1)
    sentence = page.locator(".labs-sorry").inner_text()
    assert sentence.startswith("This widget cannot run here: ")
    assert sentence.endswith(". A picture of it stands in its place.")
    if spoil is spoil_networks:
        assert "its network gave a number that is none" in sentence
    expect(page.locator(".labs-still").locator("svg, img").locator("visible=true")).to_have_count(1)
    expect(page.locator(".labs-live").locator("input, select, button")).to_have_count(0)
    expect(page.get_by_text("Text after.")).to_be_visible()


def test_a_network_that_gives_nan_is_stopped(open_widget):
    def spoil(saved):
        (buffer,) = saved["buffers"]
        packed = base64.b64decode(buffer["data"])
        buffer["data"] = base64.b64encode(packed[:-4] + np.float32("nan").tobytes()).decode()

    page = open_widget(show_corner_finder(build_corner_finder()), change=spoil)
    expect(page.get_by_text("its network gave a number that is none")).to_be_visible()
    expect(page.get_by_role("img", name="Three triangles")).to_have_count(1)


def test_a_fault_that_comes_later_is_shown_too(open_widget, network):
    page = open_widget(show_noise_explorer(network))
    page.evaluate("() => { Float32Array.from = () => { throw new Error('out of memory'); }; }")
    page.get_by_role("slider", name="Noise").press("End")
    expect(page.get_by_text("This widget cannot run here: out of memory.")).to_be_visible()
    expect(page.get_by_role("img", name="A picture under uniform noise")).to_have_count(1)


@pytest.mark.parametrize(
    "missing",
    [
        "delete window.OffscreenCanvas; delete window.WebGLRenderingContext",
        "HTMLCanvasElement.prototype.getContext = () => null",
        "delete HTMLCanvasElement.prototype.getContext",
    ],
)
def test_a_browser_that_lacks_something(context, tmp_path, network, missing):
    widget = show_noise_explorer(network)
    page = context.new_page()
    page.add_init_script(missing)
    page.goto(write_page(tmp_path, read_states(widget), [widget.model_id]).as_uri())
    page.wait_for_function("document.querySelector('.labs-widget[data-ready]')")
    if "Offscreen" in missing:  # not needed
        page.get_by_role("slider", name="Noise").press("End")
        expect(page.get_by_role("img", name="noisy: a picture 1 under")).to_have_count(0)
        expect(page.get_by_role("img", name="under noise 400")).to_be_visible()
    else:
        expect(page.get_by_text("this browser draws no canvas")).to_be_visible()
        expect(page.get_by_role("img", name="A picture under uniform noise")).to_have_count(1)


def test_one_broken_widget_leaves_the_others_alone(context, tmp_path, network):
    widgets = show_noise_explorer(network), show_noise_explorer(network, noise=30)
    states = read_states(*widgets)
    cut_weights(states[widgets[0].model_id])
    page = context.new_page()
    page.goto(write_page(tmp_path, states, [w.model_id for w in widgets]).as_uri())
    expect(page.get_by_text("This widget cannot run here")).to_have_count(1)
    expect(page.get_by_role("slider", name="Noise")).to_have_value("30")


def test_a_page_whose_state_is_no_json_keeps_its_pictures(context, tmp_path, network):
    widget = show_noise_explorer(network)
    path = write_page(tmp_path, read_states(widget), [widget.model_id])
    path.write_text(path.read_text().replace('"version_major"', "version_major"))
    page = context.new_page()
    page.goto(path.as_uri())
    expect(page.get_by_text("its state is missing from the page")).to_be_visible()
    expect(page.get_by_role("img", name="A picture under uniform noise")).to_be_visible()


def test_without_javascript_there_are_pictures_and_words(browser, tmp_path, network):
    widget = show_noise_explorer(network)
    path = write_page(tmp_path, read_states(widget), [widget.model_id])
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    expect(page.get_by_role("img", name="A picture under uniform noise")).to_be_visible()
    expect(page.get_by_text("on a screen, with JavaScript, you can move it")).to_be_visible()
    context.close()


def test_print_shows_the_picture(open_widget, network):
    page = open_widget(show_noise_explorer(network))
    still = page.get_by_role("img", name="A picture under uniform noise")
    expect(still).to_have_count(0)
    page.emulate_media(media="print")
    expect(still).to_be_visible()
    expect(page.locator("figcaption.labs-words")).to_contain_text("the network still finds the")
    expect(page.get_by_role("slider")).to_have_count(0)
