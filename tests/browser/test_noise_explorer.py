"""Noise and clean-up, as a reader moves it in a page without a kernel."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from labhelpers.insight import measure_psnr, restore_range, show_noise_explorer
from labhelpers.models.shapes import build_hourglass


def draw_uniforms(seed, count):
    """The page's uniform numbers (mulberry32), computed here."""
    state, numbers = seed, []
    for _ in range(count):
        state = (state + 0x6D2B79F5) & 0xFFFFFFFF
        t = ((state ^ (state >> 15)) * (state | 1)) & 0xFFFFFFFF
        t ^= (t + (((t ^ (t >> 7)) * (t | 61)) & 0xFFFFFFFF)) & 0xFFFFFFFF
        numbers.append((t ^ (t >> 14)) / 2**32)
    return np.array(numbers, "float32")


def read_psnr(page):
    text = page.locator(".labs-told").inner_text().replace("\u2212", "-")
    return [float(found) for found in re.findall(r"(-?[\d.]+) dB[,.]", text)][:2]


@pytest.fixture(scope="module")
def network():
    return build_hourglass(seed=3)


def test_noise_and_clean_up_are_measured_as_in_python(open_widget, network):
    random = np.random.RandomState(0)
    images = (random.random_sample((2, 72, 72)) > 0.7).astype("float32")
    widget = show_noise_explorer(network, images=images, names=["first", "second"], noise=100)
    page = open_widget(widget)
    slider = page.get_by_role("slider", name="Noise")
    page.get_by_role("combobox", name="Picture").select_option("second")
    for key, noise in (("End", 400.0), ("ArrowLeft", 390.0), ("Home", 0.0), ("ArrowRight", 10.0)):
        slider.press(key)
        assert slider.get_attribute("aria-valuetext") == f"{noise:.0f}"
        noisy = (255 * images[1] + noise * draw_uniforms(0, 72 * 72).reshape(72, 72) + noise) / (
            255 + 2 * noise
        )
        noisy = noisy[None, ..., None].astype("float32")
        clean = images[1][None, ..., None]
        after = measure_psnr(network.predict(noisy, verbose=0), clean)[0]
        picture = page.get_by_role("img", name=re.compile(f"noisy: .*noise {noise:.0f}, PSNR"))
        expect(picture).to_be_visible()
        if noise:
            before = measure_psnr(restore_range(noisy, noise), clean)[0]
            assert read_psnr(page) == pytest.approx([before, after], abs=0.06)
        else:
            expect(page.locator(".labs-told")).to_contain_text("noisy perfect")
