"""What widgets tell a kernel, and take from one: a stand-in for it answers in the page."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest
from every_widget import WIDGETS, make_results
from playwright.sync_api import expect

from labhelpers.authoring.widget_weights.train_shapes import build_corner_finder
from labhelpers.models import build_dense
from labhelpers.models.shape_networks import build_hourglass, build_linear
from labhelpers.widgets import (
    show_adversarial,
    show_corner_finder,
    show_digit_breaker,
    show_digit_drawer,
    show_draw_and_classify,
    show_hyperparameters,
    show_noise_explorer,
)
from labhelpers.widgets.adversarial import find_directions
from labhelpers.widgets.handwriting import read_samples
from labhelpers.widgets.package_files import join_module

IMAGES = (np.random.RandomState(0).random_sample((2, 72, 72)) > 0.7).astype("float32")
# What JupyterLab gives to a module: a model whose other end may set values too.
RENDER = """async ([text, values]) => {
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const { default: module } = await import(address);
  const listeners = {};
  const bytes = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  for (const [name, value] of Object.entries(values)) {
    if (value?.bytes) values[name] = bytes(value.bytes);
  }
  window.sent = [];
  window.model = {
    get: (name) => values[name],
    set: (name, value) => { values[name] = value; sent.push([name, value]); },
    save_changes: () => sent.push("saved"),
    on: (event, f) => { (listeners[event] ??= []).push(f); },
    off: () => {},
    send: () => {},
    change: (name, value) => {
      values[name] = value;
      listeners[`change:${name}`].forEach((f) => f());
    },
    changeBytes: (name, text) => window.model.change(name, bytes(text)),
  };
  const el = document.createElement("div");
  document.body.replaceChildren(el);
  window.end = module.render({ model: window.model, el });
}"""


def encode(value):
    import base64

    return {"bytes": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


@pytest.fixture
def live(context):
    """Render a widget as JupyterLab does."""
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto("about:blank")

    def render(widget):
        values = {name: encode(value) for name, value in widget.get_state().items()}
        page.evaluate(RENDER, [join_module(widget.module), values])
        return page

    return render


def test_the_kernel_is_told_what_the_reader_chose(live):
    page = live(show_noise_explorer(build_hourglass(seed=1), images=IMAGES, noise=50))
    page.get_by_role("slider", name="Noise").press("ArrowRight")
    assert page.evaluate("sent") == [["noise", 60], "saved"]
    page.get_by_role("combobox", name="Picture").select_option("picture 2")
    assert page.evaluate("sent")[2:] == [["chosen", 1], "saved"]


def test_the_widget_follows_the_kernel(live):
    widget = show_noise_explorer(build_hourglass(seed=1), images=IMAGES, noise=50)
    page = live(widget)
    page.evaluate("model.change('noise', 200)")
    expect(page.get_by_role("slider", name="Noise")).to_have_value("200")
    expect(page.get_by_role("img", name="under noise 200")).to_be_visible()
    before = page.locator(".labs-told").inner_text()
    other = show_noise_explorer(build_hourglass(seed=2), images=IMAGES)
    page.evaluate("(text) => model.changeBytes('weights', text)", encode(other.weights)["bytes"])
    expect(page.locator(".labs-told")).not_to_have_text(before)


def test_bytes_that_do_not_fit_stop_the_widget_with_a_sentence(live):
    page = live(show_noise_explorer(build_hourglass(seed=1), images=IMAGES))
    page.evaluate("model.changeBytes('weights', 'AAAA')")
    expect(page.get_by_text("This widget cannot run here: its network is missing")).to_be_visible()
    expect(page.get_by_role("img", name="A picture under uniform noise")).to_be_visible()


def build_of_four_classes():
    return keras.Sequential(
        [
            keras.Input((72, 72, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(4, activation="softmax"),
        ]
    )


def test_python_may_put_other_models_in(live):
    widget = show_draw_and_classify({"a": build_linear(seed=1)}, classes=("x", "y", "z"))
    widget.set_models({"b": build_linear(seed=2)})
    assert [network["name"] for network in widget.networks] == ["b"]
    with pytest.raises(ValueError, match="for each of the 3 classes"):
        widget.set_models({"b": build_of_four_classes()})


@pytest.mark.parametrize("show", [show_adversarial, show_digit_breaker, show_digit_drawer])
def test_python_may_put_other_readers_of_digits_in(show):
    widget = show()
    widget.set_models({"mine": build_dense(seed=1)})
    assert [network["name"] for network in widget.networks] == ["mine"]
    with pytest.raises(ValueError, match="10 probabilities"):
        widget.set_models({"mine": build_dense(num_classes=4)})


def test_another_network_is_attacked_along_its_own_gradient():
    widget = show_adversarial()
    before = widget.signs
    other = build_dense(seed=1)
    widget.set_models({"other": other})
    images, labels = read_samples()
    expected = find_directions(other, images[::3], labels[::3])
    assert widget.signs == expected.tobytes() != before


@pytest.mark.parametrize(
    ("module", "trait", "value"),
    [
        ("noise_explorer", "chosen", 2),
        ("noise_explorer", "seed", 5),
        ("corner_finder", "noise", 400),
        ("draw_and_classify", "noise", 400),
        ("digit_breaker", "seed", 5),
    ],
)
def test_what_python_sets_shows_at_once(live, module, trait, value):
    widget = show_digit_breaker(noise=0.3) if module == "digit_breaker" else WIDGETS[module]()
    page = live(widget)
    canvas = page.locator("canvas").first
    page.wait_for_timeout(100)
    before = canvas.evaluate("(canvas) => canvas.toDataURL()")
    page.evaluate("([trait, value]) => model.change(trait, value)", [trait, value])
    page.wait_for_function(
        "(before) => document.querySelector('canvas').toDataURL() !== before", arg=before
    )


def test_python_may_put_other_results_in(live):
    widget = show_hyperparameters(make_results())
    page = live(widget)
    expect(page.get_by_role("columnheader")).to_have_count(4)
    fewer = replace(
        make_results(),
        rates=(0.5, 0.7),
        trials=tuple(one for k, one in enumerate(make_results().trials) if k % 3),
    )
    widget.set_results(fewer)
    for name in ("optimizer", "batch_size", "rate", "results"):
        page.evaluate("([n, v]) => model.change(n, v)", [name, getattr(widget, name)])
    expect(page.get_by_role("columnheader")).to_have_text(["batch \\ rate", "0.5", "0.7"])
    with pytest.raises(TypeError, match="results must be what measure_hyperparameters returned"):
        widget.set_results([])


def test_python_may_put_another_model_and_other_pictures_in(live):
    widget = show_noise_explorer()
    page = live(widget)
    told = page.locator(".labs-told")
    before = told.inner_text()
    widget.set_model(build_hourglass(seed=2))
    page.evaluate("(text) => model.changeBytes('weights', text)", encode(widget.weights)["bytes"])
    expect(told).not_to_have_text(before)
    widget.set_images(IMAGES, names=["dots", "more dots"])
    assert (widget.chosen, widget.names) == (0, ["dots", "more dots"])
    # They come together, in one message of the kernel.
    page.evaluate("(names) => model.set('names', names)", widget.names)
    page.evaluate("(text) => model.changeBytes('pictures', text)", encode(widget.pictures)["bytes"])
    expect(page.get_by_role("combobox", name="Picture").locator("option")).to_have_count(2)
    expect(page.get_by_role("img", name="a dots without noise")).to_be_visible()
    with pytest.raises(ValueError, match="images must be"):
        widget.set_images(IMAGES[:, :9])
    with pytest.raises(ValueError, match="takes 40 px"):
        widget.set_model(build_hourglass(size_px=40, seed=2))


def test_python_may_put_another_corner_finder_in(live):
    widget = show_corner_finder()
    page = live(widget)
    told = page.locator(".labs-told")
    before = told.inner_text()
    widget.set_model(build_corner_finder())
    page.evaluate("(text) => model.changeBytes('weights', text)", encode(widget.weights)["bytes"])
    expect(told).not_to_have_text(before)
    with pytest.raises(ValueError, match="model must take square grey images"):
        widget.set_model(build_linear(seed=1))
