"""Noise and clean-up, as a reader moves it in a page without a kernel."""

import re

import keras
import numpy as np
import pytest
from playwright.sync_api import expect
from reading import add_noise, read_grey

from labhelpers.insight import measure_psnr, restore_range
from labhelpers.models.shape_networks import build_hourglass
from labhelpers.widgets import show_noise_explorer

IMAGES = (np.random.RandomState(0).random_sample((2, 72, 72)) > 0.7).astype("float32")


def read_psnr(page):
    text = page.locator(".labs-told").inner_text().replace("\u2212", "-")
    return [float(found) for found in re.findall(r"(-?[\d.]+) dB[,.]", text)][:2]


@pytest.fixture(scope="module")
def network():
    return build_hourglass(seed=3)


def test_noise_and_clean_up_are_measured_as_in_python(open_widget, network):
    widget = show_noise_explorer(network, images=IMAGES, names=["first", "second"], noise=100)
    page = open_widget(widget)
    slider = page.get_by_role("slider", name="Noise")
    page.get_by_role("combobox", name="Picture").select_option("second")
    for key, noise in (("End", 400.0), ("ArrowLeft", 390.0), ("Home", 0.0), ("ArrowRight", 10.0)):
        slider.press(key)
        assert slider.get_attribute("aria-valuetext") == f"{noise:.0f}"
        noisy, clean = add_noise(255 * IMAGES[1], noise, seed=0), IMAGES[1][None, ..., None]
        cleaned = keras.ops.convert_to_numpy(network(noisy))
        expect(
            page.get_by_role("img", name=re.compile(f"^noisy: a second under noise {noise:.0f},"))
        ).to_be_visible()
        if noise:
            before = measure_psnr(restore_range(noisy, noise), clean)[0]
            after = measure_psnr(cleaned, clean)[0]
            assert read_psnr(page) == pytest.approx([before, after], abs=0.06)
        else:
            expect(page.locator(".labs-told")).to_contain_text("noisy perfect")
        shown = [read_grey(page.locator("canvas").nth(i)) for i in range(3)]
        for canvas, right in zip(shown, (noisy, cleaned, clean), strict=True):
            assert np.abs(canvas - right[0, ..., 0]).max() < 0.51 / 255 + 2e-3


def test_other_noise_is_other_noise(open_widget, network):
    page = open_widget(show_noise_explorer(network, images=IMAGES, noise=50, seed=4))
    page.get_by_role("button", name="Draw other noise").press("Enter")
    right = add_noise(255 * IMAGES[0], 50, seed=5)[0, ..., 0]
    page.wait_for_timeout(100)
    assert np.abs(read_grey(page.locator("canvas").first) - right).max() < 0.51 / 255


def test_the_packages_own_network_cleans(open_widget):
    page = open_widget(show_noise_explorer())
    page.get_by_role("slider", name="Noise").press("End")
    for name in ("rectangle", "disk", "triangle"):
        page.get_by_role("combobox", name="Picture").select_option(name)
        expect(page.get_by_role("img", name=f"noisy: a {name} under noise 400")).to_be_visible()
        before, after = read_psnr(page)
        assert after > before + 8


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"noise": 401}, "noise must be a finite number from 0 to 400"),
        ({"noise": "much"}, "noise must be a finite number"),
        ({"seed": -1}, "seed must be a whole number"),
        ({"images": IMAGES * 300}, "images must be an array"),
        ({"images": IMAGES[:, :50]}, r"images must be an array \(N, 72, 72\)"),
        ({"images": IMAGES, "names": ["one"]}, "names must be a list of 2 texts"),
        ({"images": IMAGES, "names": "ab"}, "names must be a list of 2 texts"),
        ({"model": "hourglass"}, "model must be a Keras model, but is a str"),
        ({"model": keras.Sequential()}, "model must be built"),
    ],
)
def test_bad_input_is_refused(change, said):
    with pytest.raises((TypeError, ValueError), match=said):
        show_noise_explorer(**change)


def test_a_model_that_gives_no_image_is_refused():
    model = keras.Sequential([keras.Input((72, 72, 1)), keras.layers.Flatten()])
    with pytest.raises(ValueError, match="model must take square grey images"):
        show_noise_explorer(model)
