"""The style of plots: colours that everyone can tell apart, on light and on dark pages."""

from itertools import combinations

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from labhelpers.insight import COLOURS, use_style
from labhelpers.insight.show.style import INK, LINE_STYLES, MARKERS

# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
VISION = {
    "all cones": np.eye(3),
    "no red cones": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "no green cones": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no blue cones": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


@pytest.fixture(autouse=True)
def style():
    with mpl.rc_context():
        use_style()
        yield
    plt.close("all")


def linear(colour):
    c = np.array(to_rgb(colour))
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(a, b):
    low, high = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (a, b))
    return (high + 0.05) / (low + 0.05)


def lab(rgb):
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    t = to_xyz @ np.clip(rgb, 0, 1) / [0.9505, 1.0, 1.089]
    x, y, z = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_the_contrast_measure_agrees_with_known_values():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("page", ["#ffffff", "#fdfcfa", "#121212", "#111111", "#14181d"])
@pytest.mark.parametrize("colour", [*COLOURS, INK])
def test_every_colour_stands_out_from_light_and_dark_pages(colour, page):
    assert contrast(colour, page) >= 3


def test_the_ink_is_readable_even_where_it_is_not_replaced():
    assert contrast(INK, "#ffffff") >= 4
    assert contrast(INK, "#121212") >= 4


@pytest.mark.parametrize("sight", VISION)
def test_colours_stay_apart_for_colour_blind_readers(sight):
    seen = {c: lab(np.array(VISION[sight]) @ linear(c)) for c in COLOURS}
    nearest = min(np.linalg.norm(seen[a] - seen[b]) for a, b in combinations(COLOURS, 2))
    assert nearest > 15  # a difference of 2.3 is just noticeable


def test_lines_differ_in_dashes_as_well_as_in_colour():
    axes = plt.subplots()[1]
    lines = [axes.plot([0, 1])[0] for _ in COLOURS]
    assert len({line.get_color() for line in lines}) == len(COLOURS)
    assert len({str(line._dash_pattern) for line in lines}) == len(COLOURS)
    assert len(set(map(str, LINE_STYLES))) == len(set(MARKERS)) == len(COLOURS)


def test_no_text_is_smaller_than_nine_points():
    figure, axes = plt.subplots()
    axes.plot([0, 1], label="a")
    axes.set(xlabel="x (px)", ylabel="y (px)", title="title")
    axes.legend()
    figure.canvas.draw()
    sizes = [text.get_size() for text in figure.findobj(mpl.text.Text) if text.get_text()]
    assert len(sizes) > 8
    assert min(sizes) >= 9
    # The book's column is 47 rem = 752 px wide: a figure of this width is shown as it is.
    assert figure.get_figwidth() * 96 <= 752


def test_paper_is_transparent_and_frames_are_left_out():
    figure, axes = plt.subplots()
    assert figure.get_facecolor()[3] == 0
    assert axes.get_facecolor()[3] == 0
    assert not axes.spines["top"].get_visible()
    assert not axes.spines["right"].get_visible()


def test_use_style_opens_no_figure_and_keeps_the_backend():
    before = mpl.get_backend()
    use_style()
    assert mpl.get_backend() == before
    assert plt.get_fignums() == []
