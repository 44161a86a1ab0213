"""Elastic distortions: against SciPy's own, their bounds, their seed, and what they leave alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy.ndimage import gaussian_filter, map_coordinates

from labhelpers.data import distort_elastically
from labhelpers.data.streams import Stream

pictures = st.one_of(
    arrays(np.uint8, array_shapes(min_dims=3, max_dims=4, max_side=9)),
    arrays(
        st.sampled_from([np.float16, np.float32, np.float64]),
        array_shapes(min_dims=3, max_dims=4, max_side=9),
        elements=st.floats(0, 1, width=16),
    ),
)
quick = settings(max_examples=40, deadline=None)
limits = st.fixed_dictionaries(
    {
        "alpha": st.floats(0, 200),
        "sigma": st.floats(0.1, 30),
        "rotation": st.floats(0, 180),
        "scaling": st.floats(0, 0.9),
        "shift": st.floats(0, 50),
    }
)
DIGITS = np.random.RandomState(0).randint(0, 256, (40, 28, 28)).astype(np.uint8)
SOME = {"alpha": 34.0, "sigma": 4.0, "rotation": 15.0, "scaling": 0.15, "shift": 2.0}


def draw_numbers(seed, purpose, rows, columns):
    return (Stream(seed, purpose).draw_shorts(rows, columns) + 0.5) / 2**15 - 1


def distort_slowly(images, *, alpha, sigma, rotation, scaling, shift, seed):
    """The same by SciPy's blur and interpolation, in float64, picture by picture."""
    count, height, width = images.shape
    draws = draw_numbers(seed, "elastic fields", count, 2 * height * width)
    frames = draw_numbers(seed, "elastic frames", count, 5)
    pixels = np.mgrid[:height, :width].astype(float)
    centre = np.array([(height - 1) / 2, (width - 1) / 2])[:, None, None]
    bent = []
    for image, draw, frame in zip(images, draws, frames, strict=True):
        fields = draw.reshape(2, height, width)
        fields = alpha * np.stack([gaussian_filter(f, sigma, mode="constant") for f in fields])
        turn = np.deg2rad(rotation * frame[0])
        matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        scaled = (pixels - centre) * (1 + scaling * frame[1:3])[:, None, None]
        points = np.einsum("ij,jyx->iyx", matrix, scaled) + centre
        points += shift * frame[3:5][:, None, None] + fields
        bent.append(map_coordinates(image.astype(float), points, order=1, mode="grid-constant"))
    return np.stack(bent)


@settings(max_examples=25, deadline=None)
@given(
    shape=st.tuples(st.integers(1, 4), st.integers(2, 20), st.integers(2, 20)),
    chosen=limits,
    seed=st.integers(0, 2**64),
)
def test_scipy_bends_pictures_the_same_way(shape, chosen, seed):
    # A smooth picture: over sharp edges, float32's rounding of a point would show.
    y, x = np.mgrid[: shape[1], : shape[2]]
    images = np.stack([0.5 + 0.5 * np.sin(0.2 * (y + x + k)) for k in range(shape[0])])
    slowly = distort_slowly(images, **chosen, seed=seed)
    quickly = distort_elastically(images, **chosen, seed=seed)
    np.testing.assert_allclose(quickly, slowly, atol=2e-4)


def test_bytes_are_bent_as_scipy_does_and_rounded():
    slowly = distort_slowly(DIGITS, **SOME, seed=3)
    quickly = distort_elastically(DIGITS, **SOME, seed=3)
    np.testing.assert_allclose(quickly, slowly, atol=0.52)


@quick
@given(images=pictures, chosen=limits, seed=st.integers(0, 2**64))
def test_shape_dtype_and_range_are_kept_and_the_input_is_left_alone(images, chosen, seed):
    before = images.copy()
    bent = distort_elastically(images, **chosen, seed=seed)
    np.testing.assert_array_equal(images, before)
    assert not np.shares_memory(bent, images)
    assert (bent.shape, bent.dtype) == (images.shape, images.dtype)
    assert bent.min() >= 0
    assert bent.max() <= images.max() + (1e-6 if images.dtype != np.uint8 else 0)
    assert bent.max() <= (255 if images.dtype == np.uint8 else 1)
    np.testing.assert_array_equal(bent, distort_elastically(images, **chosen, seed=seed))


@quick
@given(images=pictures, sigma=st.floats(0.1, 30), seed=st.integers(0, 2**64))
def test_no_distortion_changes_nothing(images, sigma, seed):
    np.testing.assert_array_equal(
        distort_elastically(images, alpha=0, sigma=sigma, seed=seed), images
    )


def test_each_picture_is_bent_by_its_place_alone():
    few = distort_elastically(DIGITS[:3], **SOME, seed=1)
    # More pictures than are worked on at once.
    many = distort_elastically(np.tile(DIGITS, (10, 1, 1)), **SOME, seed=1)
    np.testing.assert_array_equal(few, many[:3])
    again = distort_elastically(np.repeat(DIGITS[:1], 3, axis=0), **SOME, seed=1)
    assert (again[0] != again[1]).any()
    assert (few != distort_elastically(DIGITS[:3], **SOME, seed=2)).any()


def test_channels_move_together_and_as_a_grey_picture_does():
    colour = np.stack([DIGITS, 255 - DIGITS, DIGITS // 2], axis=-1)
    bent = distort_elastically(colour, **SOME, seed=5)
    for channel in range(3):
        alone = distort_elastically(colour[..., channel].copy(), **SOME, seed=5)
        np.testing.assert_array_equal(bent[..., channel], alone)


def test_pictures_laid_out_otherwise_in_memory_are_bent_alike():
    turned = np.asfortranarray(DIGITS)
    expected = distort_elastically(DIGITS, **SOME, seed=5)
    np.testing.assert_array_equal(distort_elastically(turned, **SOME, seed=5), expected)


def measure_points(**chosen):
    """Where the middle pixel of a wide ramp is read, for 2,000 pictures: (2,000, 2) of y and x."""
    y, x = np.mgrid[:41, :41] / 40
    read = [
        distort_elastically(np.repeat(ramp[None], 2000, axis=0), **chosen, seed=6)[:, 20, 20] * 40
        for ramp in (y, x)
    ]
    return np.stack(read, axis=1) - 20


def test_a_field_is_as_strong_as_promised():
    moved = measure_points(alpha=34, sigma=4)
    assert np.sqrt((moved**2).mean()) == pytest.approx(0.163 * 34 / 4, rel=0.05)
    assert moved.mean(axis=0) == pytest.approx([0, 0], abs=0.15)
    assert np.corrcoef(moved.T)[0, 1] == pytest.approx(0, abs=0.1)


def test_shifts_fill_their_interval():
    moved = measure_points(alpha=0, sigma=1, shift=3)
    assert -3 < moved.min() < -2.98
    assert 2.98 < moved.max() < 3
    assert moved.std(axis=0) == pytest.approx([3 / np.sqrt(3)] * 2, rel=0.05)


def test_turns_and_scalings_leave_the_centre_where_it_is():
    assert np.abs(measure_points(alpha=0, sigma=1, rotation=180, scaling=0.9)).max() < 1e-5
    dot = np.zeros((500, 41, 41), np.float32)
    dot[:, 18:23, 34:39] = 1
    turned = distort_elastically(dot, alpha=0, sigma=1, rotation=30, seed=7)
    weight = turned / turned.sum(axis=(1, 2), keepdims=True)
    y, x = np.mgrid[:41, :41] - 20
    angles = np.rad2deg(np.arctan2((weight * y).sum(axis=(1, 2)), (weight * x).sum(axis=(1, 2))))
    assert 29 < np.abs(angles).max() < 30.5
    assert angles.std() == pytest.approx(30 / np.sqrt(3), rel=0.1)


FROZEN = [[41, 61, 98], [152, 136, 162]]


def test_a_seed_bends_this_very_way():
    bent = distort_elastically(DIGITS, **SOME, seed=10)[[0, 39], 10:13, 14].tolist()
    # By 1, since a product of matrices is rounded in another order elsewhere.
    np.testing.assert_allclose(bent, FROZEN, atol=1)


@pytest.mark.parametrize(
    ("name", "bad", "wanted"),
    [
        ("alpha", -1, "from 0 to 10000"),
        ("alpha", float("nan"), "from 0 to 10000"),
        ("sigma", 0, "from 0.1 to 10000"),
        ("sigma", None, "from 0.1 to 10000"),
        ("rotation", 181, "from 0 to 180"),
        ("scaling", 1, "from 0 to 0.9"),
        ("scaling", True, "from 0 to 0.9"),
        ("shift", "far", "from 0 to 10000"),
        ("shift", float("inf"), "from 0 to 10000"),
    ],
)
def test_bad_numbers_are_told_what_is_right(name, bad, wanted):
    with pytest.raises((TypeError, ValueError)) as raised:
        distort_elastically(DIGITS, **{**SOME, name: bad}, seed=0)
    assert str(raised.value) == f"{name} must be a finite number {wanted}, but {bad!r} came."


@pytest.mark.parametrize("bad", [None, -1, 1.0])
def test_bad_seeds_are_told_what_is_right(bad):
    with pytest.raises((TypeError, ValueError)) as raised:
        distort_elastically(DIGITS, **SOME, seed=bad)
    assert str(raised.value) == f"seed must be a whole number of at least 0, but {bad!r} came."


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (DIGITS[0], "of shape (28, 28) came. Give a single picture as image[None]."),
        (DIGITS.astype(np.float32), "came. Divide 0..255 by 255 first."),
        (DIGITS.astype(np.int32), "but int32 of shape (40, 28, 28) came."),
        (DIGITS.tolist(), "but a list of 40 came."),
    ],
    ids=["one picture", "floats to 255", "int32", "list"],
)
def test_bad_images_are_told_what_is_right(images, message):
    with pytest.raises((TypeError, ValueError)) as raised:
        distort_elastically(images, **SOME, seed=0)
    assert str(raised.value).startswith("images must be an array (N, H, W) or (N, H, W, C)")
    assert str(raised.value).endswith(message)
