"""Drawn digits, centred and scaled as MNIST's are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from labhelpers.data import centre_digit
from labhelpers.widgets.handwriting import read_samples

DRAWINGS = arrays(
    np.uint8,
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
    elements=st.sampled_from([0, 0, 0, 90, 255]),
).filter(np.any)


def measure_box(image):
    rows, columns = np.nonzero(image)
    return np.ptp(rows) + 1, np.ptp(columns) + 1


def test_digits_of_mnist_come_back_as_they_are():
    images, _ = read_samples()
    centred = centre_digit(images)
    assert centred.shape == (30, 28, 28)
    assert centred.dtype == np.float32
    assert np.array_equal(np.rint(centred * 255).astype(np.uint8), images)


def test_a_bar_checked_by_hand():
    drawing = np.zeros((1, 100, 60))
    drawing[0, 10:90, 50:58] = 1
    centred = centre_digit(drawing)[0]
    # 80 x 8 px become 20 x 2, and their middle comes next to (14.5, 14.5).
    right = np.zeros((28, 28))
    right[5:25, 14:16] = 1
    assert centred == pytest.approx(right, abs=1e-6)


def test_edges_become_grey_by_the_area_covered():
    drawing = np.zeros((1, 30, 30), np.uint8)
    drawing[0, :, :1] = 255
    drawing[0, :1, :] = 255
    centred = centre_digit(drawing)[0]
    # Each of the 20 pixels covers 1.5 of the 30: of the line's pixel in width, two thirds.
    assert sorted({round(float(value), 3) for value in centred.ravel()}) == [0, 0.667, 0.889]


@given(DRAWINGS, st.integers(0, 9), st.integers(0, 9), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_place_and_size_of_a_drawing_do_not_matter(drawing, right, down, times):
    centred = centre_digit(drawing[None])
    moved = np.pad(drawing, ((down, 3), (right, 5))).repeat(times, axis=0).repeat(times, axis=1)
    assert centre_digit(moved[None]) == pytest.approx(centred, abs=1e-5)


@given(DRAWINGS)
@settings(max_examples=60, deadline=None)
def test_ink_fills_the_box_and_lies_in_the_middle(drawing):
    (centred,) = centre_digit(drawing[None])
    assert centred.min() >= 0
    assert centred.max() <= 1
    assert max(measure_box(centred)) == 20
    for axis in (0, 1):
        mass = centred.sum(axis=axis)
        ink = np.flatnonzero(mass)
        centre = ((np.arange(28) + 0.5) * mass).sum() / mass.sum()
        kept_in = ink[0] == 0 or ink[-1] == 27
        assert kept_in or abs(centre - 14.5) <= 0.5 + 1e-4


def test_a_channel_is_taken_and_floats_too():
    images, _ = read_samples()
    floats = images[:2, ..., None] / 255
    assert centre_digit(floats) == pytest.approx(centre_digit(images[:2]), abs=1e-6)


@pytest.mark.parametrize(
    ("images", "error", "words"),
    [
        (np.zeros((1, 9, 9)), ValueError, ["images[0]", "empty", "Draw a digit"]),
        (np.stack([np.eye(9), np.zeros((9, 9))]), ValueError, ["images[1]", "empty"]),
        (np.eye(9), ValueError, ["(N, H, W)", "(9, 9)", "image[None]"]),
        (np.ones((2, 9, 9, 3)), ValueError, ["(N, H, W, 1)", "one channel", "(2, 9, 9, 3)"]),
        (np.ones((1, 9, 9)) * 255, ValueError, ["[0, 1]", "255"]),
        (np.full((1, 9, 9), np.nan), ValueError, ["[0, 1]", "nan"]),
        (np.ones((1, 9, 9), int), TypeError, ["uint8", "int64"]),
        ([[1, 0]], TypeError, ["array", "[[1, 0]]"]),
    ],
)
def test_bad_drawings_are_named(images, error, words):
    with pytest.raises(error) as caught:
        centre_digit(images)
    assert all(word in str(caught.value) for word in words), caught.value
