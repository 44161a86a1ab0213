"""Test digits under noise and shifts, in a page without a kernel."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect
from reading import draw_uniforms, read_grey

from labhelpers.authoring.widget_weights.train_handwriting import restore
from labhelpers.models import build_compact_cnn, build_dense
from labhelpers.widgets import show_digit_breaker
from labhelpers.widgets.handwriting import PLAIN, answer_digits, read_samples

IMAGES, LABELS = read_samples()
WAYS = {"right": (0, 1), "left": (0, -1), "down": (1, 0), "up": (-1, 0)}


@pytest.fixture(scope="module")
def networks():
    return {name: restore(file) for name, file in PLAIN.items()}


def shift(images, way, px):
    """Images (N, 28, 28) moved; what comes in is black."""
    down, right = (px * step for step in WAYS[way])
    padded = np.pad(images, ((0, 0), (10, 10), (10, 10)))
    return padded[:, 10 - down : 38 - down, 10 - right : 38 - right]


def spoil(images, way, px, kind, amount, seed=0):
    """What the page makes of digits (N, 28, 28) in [0, 1]."""
    moved = shift(images, way, px)
    if kind == "salt and pepper":
        random = draw_uniforms(seed, 784).reshape(28, 28)
        return np.where(random < amount / 2, 0, np.where(random < amount, 1, moved))
    first, second = np.float64(draw_uniforms(seed, 1568)).reshape(784, 2).T
    normal = np.sqrt(-2 * np.log(1 - first)) * np.cos(2 * np.pi * second)
    return np.clip(moved + amount * normal.reshape(28, 28), 0, 1)


def settle(page):
    page.evaluate("() => new Promise((f) => requestAnimationFrame(() => requestAnimationFrame(f)))")


def read_chances(page):
    rows = page.get_by_role("table", name="Probabilities").get_by_role("row").all()[1:]
    return np.array(
        [[float(c) for c in row.get_by_role("cell").all_inner_texts()] for row in rows]
    ).T


def read_limits(page):
    """By network: its cells of the table of limits, once they are all there."""
    table = page.get_by_role("table", name="Where each breaks")
    expect(table.get_by_text("\u2026")).to_have_count(0, timeout=60_000)
    return {
        row.get_by_role("rowheader").inner_text(): row.get_by_role("cell").all_inner_texts()
        for row in table.get_by_role("row").all()[1:]
    }


def choose(page, **chosen):
    for name, value in chosen.items():
        page.get_by_role("combobox", name=name.replace("_", " "), exact=True).select_option(value)


@pytest.mark.parametrize(
    ("kind", "steps", "said"),
    [("salt and pepper", 4, "20% of pixels"), ("normal numbers", 6, "deviation 0.30")],
)
def test_noise_and_shifts_are_those_of_python(open_widget, networks, kind, steps, said):
    page = open_widget(show_digit_breaker())
    choose(page, Digit="a 7 (2)", Noise_of=kind, Direction="up")
    for name, count in (("Shift", 3), ("Noise", steps)):
        for _ in range(count):
            page.get_by_role("slider", name=name).press("ArrowRight")
    settle(page)
    assert page.get_by_role("slider", name="Noise").get_attribute("aria-valuetext") == said
    right = spoil(IMAGES[22:23] / 255, "up", 3, kind, steps / 20)
    shown = read_grey(page.get_by_role("img", name="what both networks are given"))
    assert np.abs(shown - right[0]).max() < 0.01
    for found, model in zip(read_chances(page), networks.values(), strict=True):
        assert found == pytest.approx(answer_digits(model, right)[0], abs=0.008)
    before = read_grey(page.get_by_role("img", name="what both networks are given"))
    page.get_by_role("button", name="Draw other noise").click()
    settle(page)
    shown = read_grey(page.get_by_role("img", name="what both networks are given"))
    other = spoil(IMAGES[22:23] / 255, "up", 3, kind, steps / 20, seed=1)
    assert np.abs(shown - other[0]).max() < 0.01
    assert np.abs(shown - before).max() > 0.1


def test_where_each_breaks_is_where_it_breaks(open_widget, networks):
    page = open_widget(show_digit_breaker(shift_px=2, noise=0.1, direction="left"))
    choose(page, Digit="a 5")
    settle(page)
    found = read_limits(page)
    image, label, clean = IMAGES[15:16] / 255, LABELS[15], IMAGES / 255
    for name, model in networks.items():

        def is_wrong(images, labels, model=model):
            return answer_digits(model, images).argmax(axis=1) != labels

        far = [
            is_wrong(spoil(image, "left", px, "salt and pepper", 0.1), label) for px in range(11)
        ]
        loud = [
            is_wrong(spoil(image, "left", 2, "salt and pepper", p / 20), label) for p in range(21)
        ]
        right = 30 - is_wrong(spoil(clean, "left", 2, "salt and pepper", 0.1), LABELS).sum()
        assert found[name] == [
            f"{np.argmax(far)} px" if np.any(far) else "never here",
            f"{5 * np.argmax(loud)}% of pixels" if np.any(loud) else "never here",
            str(right),
        ]


def test_the_dense_network_is_lost_first(open_widget):
    page = open_widget(show_digit_breaker(shift_px=4))
    settle(page)
    found = {name: int(cells[2]) for name, cells in read_limits(page).items()}
    assert found["convolutional"] > found["dense"]
    page.get_by_role("slider", name="Shift").press("Home")
    settle(page)
    assert {cells[2] for cells in read_limits(page).values()} == {"30"}


def test_the_text_follows(open_widget):
    page = open_widget(show_digit_breaker())
    page.get_by_role("slider", name="Shift").press("End")
    settle(page)
    said = page.get_by_role("img", name="what both networks are given").get_attribute("aria-label")
    assert "a 0 moved right by 10 px, noise: 0% of pixels" in said
    assert said.count("wrong") + said.count(", right") == 2


def test_the_readers_own_networks_and_digits(open_widget):
    models = {"mine": build_dense(seed=1), "other": build_compact_cnn(seed=1)}
    own = np.float32(IMAGES[:4, ..., None]) / 255
    page = open_widget(show_digit_breaker(models, images=own, labels=LABELS[:4], kind="normal"))
    for found, model in zip(read_chances(page), models.values(), strict=True):
        assert found == pytest.approx(answer_digits(model, IMAGES[:1] / 255)[0], abs=0.008)
    names = page.get_by_role("combobox", name="Digit").get_by_role("option").all_inner_texts()
    assert names == ["a 0", "a 0 (2)", "a 0 (3)", "a 1"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"noise": 1.2}, "noise must be a finite number from 0 to 1"),
        ({"noise": float("nan")}, "noise must be a finite number"),
        ({"shift_px": 11}, "shift_px must be a whole number from 0 to 10"),
        ({"direction": "north"}, "direction must be one of"),
        ({"kind": "snow"}, "kind must be one of"),
        ({"images": IMAGES}, "images and labels must be given together"),
        ({"images": IMAGES, "labels": LABELS[:9]}, r"labels must be an array \(30,\)"),
        ({"images": IMAGES, "labels": LABELS + 5}, "whole-number labels from 0 to 9"),
        ({"images": IMAGES[:, 2:], "labels": LABELS}, r"centre_digit\(images\) makes them so"),
        ({"images": np.float32(IMAGES), "labels": LABELS}, "Divide 0..255 by 255"),
        ({"images": IMAGES.repeat(4, 0), "labels": LABELS.repeat(4)}, "images must be at most 100"),
        ({"models": [build_dense()]}, "models must be a dict"),
    ],
)
def test_bad_input_is_refused(change, said):
    with pytest.raises((TypeError, ValueError), match=said):
        show_digit_breaker(**change)
