"""One layer that learns in the page, as a reader runs it without a kernel."""

from __future__ import annotations

import re

import keras
import numpy as np
import pytest
from playwright.sync_api import expect
from reading import PACK, draw_uniforms, read_canvas, read_grey, unpack

from labhelpers.data import make_shapes
from labhelpers.models.shape_networks import build_linear
from labhelpers.widgets import show_live_training
from labhelpers.widgets.package_files import join_module

KINDS = ("square", "disk", "triangle")
PIXELS = 72 * 72
SEED, VALIDATION_SEED = 3, 8

DRAW = (
    "async ([text, kinds, sides]) => {"
    + PACK
    + """
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const { drawShapes } = await import(address);
  return pack(drawShapes(Uint8Array.from(kinds), Float32Array.from(sides), 72));
}"""
)
COUNT_NEWS = """() => {
  window.news = [];
  const heard = document.querySelector(".labs-unseen");
  new MutationObserver(() => news.push(heard.textContent))
    .observe(heard, { childList: true, characterData: true, subtree: true });
}"""


def read_result(page) -> dict[str, float]:
    text = page.locator(".labs-told").inner_text().replace("\u2212", "-")
    number = r" ([\d.e-]*[\d])"
    found = re.search(
        rf"step{number}: training loss{number}, validation loss{number}, "
        rf"validation score{number}\.",
        text,
    )
    names = ("step", "loss", "val_loss", "val_score")
    return dict(zip(names, map(float, found.groups()), strict=True))


def run_to_the_end(page, epochs: int) -> None:
    page.get_by_role("button", name="Run").click()
    expect(page.locator(".labs-unseen")).to_have_text(
        re.compile(rf"^Finished. Epoch {epochs}\.0,"), timeout=60_000
    )


def measure_grain(page) -> float:
    """How alike neighbouring weights of the squares' picture are: about 0 for noise, at most 1."""
    colours = read_canvas(page.get_by_role("img", name="for square: "))
    # More blue than red where paper speaks for the class, and the reverse where ink does.
    signed = colours[..., 2] - colours[..., 0]
    return float(np.corrcoef(signed[:, 1:].ravel(), signed[:, :-1].ravel())[0, 1])


def test_the_shapes_are_those_of_make_shapes(open_widget):
    widget = show_live_training(seed=SEED, validation_seed=VALIDATION_SEED)
    page = open_widget(widget)
    kinds = np.frombuffer(widget.kinds, "u1")
    sides = np.frombuffer(widget.sides, "<f4")
    drawn = page.evaluate(DRAW, [join_module("shape_set"), kinds.tolist(), sides.tolist()])
    right = [
        make_shapes(300, noise=0, seed=seed, dtype="uint8") for seed in (SEED, VALIDATION_SEED)
    ]
    images, labels = (np.concatenate(parts) for parts in zip(*right, strict=True))
    np.testing.assert_array_equal(kinds, labels)
    gaps = abs(unpack(drawn, "u1").reshape(images.shape) - images)
    # Rounded to whole grey values, by another way to measure areas.
    assert gaps.max() <= 3
    assert gaps.mean() < 0.01


def test_the_pictures_shown_are_what_it_learns_from(open_widget):
    page = open_widget(show_live_training(seed=SEED, noise=100))
    images, labels = draw_as_the_page(SEED, part=0, noise=100, count=300)
    for k, kind in enumerate(KINDS):
        shown = read_grey(page.get_by_role("img", name=f"a {kind}: an image as the layer sees it"))
        first = images[labels == k][0, :, :, 0]
        assert abs(shown - first).max() < 3.5 / 255


def draw_as_the_page(seed, *, part, noise, count, base=SEED):
    """Images (count, 72, 72, 1) with the page's noise, and their labels."""
    clean, labels = make_shapes(count, noise=0, seed=seed, dtype="uint8")
    random = draw_uniforms(1000 * base + part, clean.size).reshape(clean.shape)
    images = (clean + noise * random + noise) / (255 + 2 * noise)
    return images.astype("float32"), labels


def draw_model() -> keras.Model:
    """The layer with the page's first weights."""
    model = build_linear()
    limit = np.sqrt(6 / (PIXELS + 3))
    kernel = limit * (2 * draw_uniforms(1000 * SEED + 2, 3 * PIXELS).reshape(3, PIXELS).T - 1)
    model.set_weights([kernel, np.zeros(3)])
    return model


def draw_order(epoch: int, count: int) -> list[int]:
    order = list(range(count))
    random = draw_uniforms(1000 * SEED + 3 + epoch, count).astype(float)
    for i in range(count - 1, 0, -1):
        other = min(int(random[i] * (i + 1)), i)
        order[i], order[other] = order[other], order[i]
    return order


@pytest.mark.parametrize(
    ("name", "rate", "make_optimizer"),
    [
        ("Adam", 1e-3, keras.optimizers.Adam),
        ("SGD", 2e-3, keras.optimizers.SGD),
        (
            "SGD, Nesterov momentum",
            1e-3,
            lambda rate: keras.optimizers.SGD(rate, momentum=0.9, nesterov=True),
        ),
    ],
)
def test_what_it_tells_is_what_keras_finds(open_widget, name, rate, make_optimizer):
    count, batch_size, epochs, noise = 90, 16, 3, 50
    page = open_widget(
        show_live_training(
            optimizer=name,
            rate=rate,
            batch_size=batch_size,
            noise=noise,
            num_images=count,
            epochs=epochs,
            seed=SEED,
            validation_seed=VALIDATION_SEED,
        )
    )
    run_to_the_end(page, epochs)
    images, labels = draw_as_the_page(SEED, part=0, noise=noise, count=count)
    model = draw_model()
    model.compile(make_optimizer(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    for epoch in range(epochs):
        order = draw_order(epoch, count)
        history = model.fit(
            images[order], labels[order], batch_size=batch_size, shuffle=False, verbose=0
        )
    validation = draw_as_the_page(VALIDATION_SEED, part=1, noise=noise, count=300)
    val_loss, val_score = model.evaluate(*validation, verbose=0)
    found = read_result(page)
    assert found["step"] == epochs * 6
    assert found["loss"] == pytest.approx(history.history["loss"][0], abs=2e-3)
    assert found["val_loss"] == pytest.approx(val_loss, abs=2e-3)
    assert found["val_score"] == pytest.approx(val_score, abs=4e-3)


def test_it_learns_and_stops_by_itself(open_widget):
    page = open_widget(show_live_training(epochs=15))
    told = page.locator(".labs-told")
    expect(told).to_contain_text("Before the first step: validation loss")
    assert measure_grain(page) < 0.1
    page.evaluate(COUNT_NEWS)
    page.get_by_role("button", name="Step").click()
    before = read_result(page)
    run_to_the_end(page, 15)
    after = read_result(page)
    assert after["step"] == 150
    assert after["val_score"] > 0.95
    assert after["loss"] < before["loss"] / 4
    assert after["val_loss"] < before["val_loss"] / 4
    # The weights have become a picture.
    assert measure_grain(page) > 0.2
    expect(page.get_by_role("img", name="Loss: ")).to_have_attribute(
        "aria-label", re.compile(r"^Loss: Epoch 15\.0, step 150: training loss")
    )
    # Those who hear it were told of each press and of the end, and of little between.
    news = page.evaluate("news")
    assert news[0].startswith("Epoch 0.1, step 1:")
    assert news[1].startswith("Running. ")
    assert news[-1].startswith("Finished. ")
    assert len(news) < 15
    # And it goes on for as long again.
    run_to_the_end(page, 30)
    assert read_result(page)["loss"] < after["loss"]


def test_it_is_stopped_stepped_and_begun_anew_by_keyboard(open_widget):
    page = open_widget(show_live_training(epochs=10_000))
    run = page.locator("button", has_text=re.compile("^(Run|Stop)$"))
    told = page.locator(".labs-told")
    first = told.inner_text()
    run.press("Enter")
    expect(run).to_have_text("Stop")
    expect(told).to_contain_text("Epoch 2.")
    run.press(" ")
    expect(run).to_have_text("Run")
    expect(page.locator(".labs-unseen")).to_have_text(re.compile("^Stopped. Epoch "))
    stopped = read_result(page)
    page.wait_for_timeout(300)
    assert read_result(page) == stopped
    page.get_by_role("button", name="Step").press("Enter")
    assert read_result(page)["step"] == stopped["step"] + 1
    page.get_by_role("button", name="Restart").press("Enter")
    expect(told).to_have_text(first)


def test_a_step_while_it_runs_stops_it(open_widget):
    page = open_widget(show_live_training(epochs=10_000))
    page.get_by_role("button", name="Run").click()
    expect(page.locator(".labs-told")).to_contain_text("step")
    page.get_by_role("button", name="Step").click()
    expect(page.get_by_role("button", name="Run")).to_be_visible()
    step = read_result(page)["step"]
    page.wait_for_timeout(300)
    assert read_result(page)["step"] == step


def test_the_rate_acts_at_once_and_all_else_begins_anew(open_widget):
    page = open_widget(show_live_training())
    told = page.locator(".labs-told")
    step = page.get_by_role("button", name="Step")
    rate = page.get_by_role("slider", name="Learning rate")
    step.click()
    rate.press("ArrowRight")
    assert rate.get_attribute("aria-valuetext") == "0.0013"
    page.wait_for_timeout(200)
    assert read_result(page)["step"] == 1
    for name in ("Batch size", "Noise", "Training images"):
        step.click()
        page.get_by_role("slider", name=name).press("ArrowLeft")
        expect(told).to_contain_text("Before the first step")
    step.click()
    page.get_by_role("combobox", name="Optimiser").select_option("SGD")
    expect(told).to_contain_text("Before the first step")
    batch = page.get_by_role("slider", name="Batch size")
    assert batch.get_attribute("aria-valuetext") == "16"
    images = page.get_by_role("slider", name="Training images")
    images.press("Home")
    # Three images are less than a batch.
    assert batch.get_attribute("aria-valuetext") == "all"
    expect(told).to_contain_text("Before the first step")
    step.click()
    expect(told).to_contain_text("Epoch 1.0, step 1")


def test_long_steps_of_sgd_begin_above_the_loss_of_guessing(open_widget):
    page = open_widget(show_live_training(optimizer="SGD, Nesterov momentum", rate=0.01, epochs=1))
    run_to_the_end(page, 1)
    assert read_result(page)["loss"] > 2 * np.log(3)
    page.get_by_role("button", name="Restart").click()
    for _ in range(20):
        page.get_by_role("slider", name="Learning rate").press("ArrowLeft")
    run_to_the_end(page, 1)
    assert read_result(page)["loss"] < 2 * np.log(3)


def test_with_less_motion_only_the_end_is_shown(open_widget):
    page = open_widget(show_live_training(epochs=30))
    page.emulate_media(reduced_motion="reduce")
    page.evaluate("""() => {
      window.painted = 0;
      new MutationObserver(() => { painted += 1; })
        .observe(document.querySelector(".labs-told"), { childList: true });
    }""")
    run_to_the_end(page, 30)
    assert read_result(page)["step"] == 300
    assert page.evaluate("painted") == 1


def test_nothing_runs_before_it_is_asked_to(open_widget):
    widget = show_live_training()
    widget.running = True
    page = open_widget(widget)
    page.wait_for_timeout(300)
    expect(page.locator(".labs-told")).to_contain_text("Before the first step")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()


def test_bad_requests_are_refused():
    with pytest.raises(ValueError, match="optimizer must be one of 'Adam', 'SGD'"):
        show_live_training(optimizer="adam")
    with pytest.raises(ValueError, match="rate must be a finite number from 1e-05 to 1"):
        show_live_training(rate=0)
    with pytest.raises(ValueError, match=r"power of two from 1 to 512, but 30 came.*example 32"):
        show_live_training(batch_size=30)
    with pytest.raises(TypeError, match="batch_size must be"):
        show_live_training(batch_size="all")
    with pytest.raises(ValueError, match="noise must be"):
        show_live_training(noise=401)
    with pytest.raises(ValueError, match="num_images must be a whole number from 3 to 300"):
        show_live_training(num_images=2)
    with pytest.raises(ValueError, match="epochs must be"):
        show_live_training(epochs=0)
    with pytest.raises(ValueError, match="momentum must be"):
        show_live_training(momentum=1)
    with pytest.raises(ValueError, match="decay must be"):
        show_live_training(decay=-1)
    with pytest.raises(ValueError, match="seed must be"):
        show_live_training(seed=-1)
    with pytest.raises(ValueError, match="validation_seed must be"):
        show_live_training(validation_seed=-1)
