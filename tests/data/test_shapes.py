"""Drawn shapes: what they are, that they never change, and what bad arguments are told."""

import doctest
import hashlib
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labhelpers.data import make_denoising_pairs, make_shapes, make_triangles, measure_shape_sizes
from labhelpers.data.drawn import shapes

ALL_KINDS = ("square", "disk", "triangle")
kinds_wanted = st.lists(st.sampled_from(ALL_KINDS), min_size=1, max_size=3, unique=True).map(tuple)
seeds = st.integers(0, 2**70)
quick = settings(max_examples=25, deadline=None)


def digest(*arrays):
    """Ends the same on every machine: little-endian bytes, with dtypes and shapes."""
    sha = hashlib.sha256()
    for array in arrays:
        little = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"))
        sha.update(f"{array.dtype} {array.shape}".encode() + little.tobytes())
    return sha.hexdigest()[:32]


def draw_ink(kind, **options):
    """Draws clean shapes of one kind and returns the black part of each pixel, (N, S, S)."""
    images, _ = make_shapes(noise=0, kinds=(kind,), **options)
    return 1 - images[..., 0].astype(np.float64)


FROZEN = {
    "fixed": (lambda: make_shapes(200, seed=0), "30c4c44a519744c252ddba738507ecb5"),
    "free": (
        lambda: make_shapes(200, free=True, noise=100, seed=1),
        "8b3706acbe3765cd90984e2c65ece122",
    ),
    "clean": (
        lambda: make_shapes(2000, free=True, noise=0, seed=2**64 + 3, dtype="uint8"),
        "6cdddb09ef14f5dd57622e34f9eae72e",
    ),
    "two kinds, odd size": (
        lambda: make_shapes(64, kinds=("disk", "square"), free=True, size_px=33, seed=7),
        "1f49d95d37186ee642e2da84541e96a4",
    ),
    "triangles": (lambda: make_triangles(200, seed=5), "68c162fbbc4e463428f56fab7ef03e44"),
    "pairs": (
        lambda: make_denoising_pairs(100, noise=(20, 400), seed=6, dtype="uint8"),
        "aa6780f8349b6ab54c58db1df9fe593a",
    ),
}


@pytest.mark.parametrize("name", FROZEN)
def test_a_seed_draws_these_very_pictures(name):
    draw, expected = FROZEN[name]
    assert digest(*draw()) == expected


@quick
@given(
    count=st.integers(1, 70),
    kinds=kinds_wanted,
    free=st.booleans(),
    noise=st.floats(0, 1000),
    size_px=st.integers(8, 90),
    seed=seeds,
)
def test_pictures_are_the_shapes_plus_noise_scaled_into_the_range(
    count, kinds, free, noise, size_px, seed
):
    options = {"kinds": kinds, "free": free, "size_px": size_px, "seed": seed}
    images, labels = make_shapes(count, noise=noise, **options)
    assert images.shape == (count, size_px, size_px, 1)
    assert (images.dtype, labels.dtype, labels.shape) == (np.float32, np.int64, (count,))
    assert images.min() >= 0
    assert images.max() <= 1
    assert set(labels) <= set(range(len(kinds)))
    greys, clean_labels = make_shapes(count, noise=0, dtype="uint8", **options)
    np.testing.assert_array_equal(labels, clean_labels)
    added = images.astype(np.float64) * (255 + 2 * noise) - noise - greys
    assert added.min() >= -1e-3
    assert added.max() <= noise + 1e-3
    rounded, _ = make_shapes(count, noise=noise, dtype="uint8", **options)
    np.testing.assert_array_equal(rounded, np.rint(images * np.float32(255)))


@quick
@given(few=st.integers(1, 60), more=st.integers(0, 80), free=st.booleans(), seed=seeds)
def test_the_first_pictures_of_a_large_set_are_the_small_set(few, more, free, seed):
    small, small_labels = make_shapes(few, free=free, seed=seed)
    large, large_labels = make_shapes(few + more, free=free, seed=seed)
    np.testing.assert_array_equal(small, large[:few])
    np.testing.assert_array_equal(small_labels, large_labels[:few])


@quick
@given(count=st.integers(1, 60), free=st.booleans(), noise=st.floats(0, 400), seed=seeds)
def test_triangles_and_pairs_are_the_same_shapes(count, free, noise, seed):
    options = {"free": free, "noise": noise, "seed": seed}
    shapes_alone, _ = make_shapes(count, kinds=("triangle",), **options)
    triangles, vertices = make_triangles(count, **options)
    np.testing.assert_array_equal(triangles, shapes_alone)
    assert (vertices.shape, vertices.dtype) == ((count, 3, 2), np.float32)
    noisy, clean = make_denoising_pairs(count, **options)
    np.testing.assert_array_equal(noisy, make_shapes(count, **options)[0])
    np.testing.assert_array_equal(clean, make_shapes(count, free=free, noise=0, seed=seed)[0])


def test_a_triangle_lies_between_its_vertices():
    images, vertices = make_triangles(300, noise=0, seed=11)
    ink = 1 - images[..., 0].astype(np.float64)
    first, second = vertices[:, 1] - vertices[:, 0], vertices[:, 2] - vertices[:, 0]
    areas = np.abs(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]) / 2
    # Every pixel is rounded to a 255th: 0.002 for each of the edge's hundred or two.
    np.testing.assert_allclose(ink.sum((1, 2)), areas, atol=0.3)
    middle = np.arange(72) + 0.5
    large = areas > 50
    x = (ink * middle).sum((1, 2))[large] / ink.sum((1, 2))[large]
    y = (ink * middle[:, None]).sum((1, 2))[large] / ink.sum((1, 2))[large]
    np.testing.assert_allclose(np.stack([x, y], 1), vertices[large].mean(1), atol=0.2)


def test_every_kind_is_equally_likely_and_counted_in_the_order_asked_for():
    _, labels = make_shapes(9000, size_px=8, seed=3)
    shares = np.bincount(labels) / 9000
    np.testing.assert_allclose(shares, 1 / 3, atol=4 * np.sqrt(2 / 9 / 9000))
    images, labels = make_shapes(60, kinds=("disk", "square"), noise=0, seed=4)
    corners = images[:, 36, 36, 0] - images[np.arange(60), 36, 36, 0]
    assert not corners.any()
    ink = 1 - images[..., 0]
    widest, sum_of_ink = ink.max(1).sum(1), ink.sum((1, 2))
    np.testing.assert_allclose(sum_of_ink[labels == 1], widest[labels == 1] ** 2, rtol=0.01)
    np.testing.assert_allclose(
        sum_of_ink[labels == 0], np.pi / 4 * widest[labels == 0] ** 2, rtol=0.05
    )


@pytest.mark.parametrize(
    ("kind", "free", "mean_area"),
    [
        # Side 0.3 + 0.7 u, so its square is 0.09 + 0.21 + 0.49 / 3 on average.
        ("square", False, 0.09 + 0.21 + 0.49 / 3),
        ("disk", False, np.pi / 4 * (0.09 + 0.21 + 0.49 / 3)),
        ("triangle", False, (0.09 + 0.21 + 0.49 / 3) / 2),
        # Two uniform numbers are a third apart; three uniform points span 11/144 on average.
        ("square", True, 1 / 9),
        ("triangle", True, 11 / 144),
    ],
)
def test_areas_are_those_of_the_definitions(kind, free, mean_area):
    areas = draw_ink(kind, free=free, count=4000, seed=8, size_px=48).mean((1, 2))
    assert areas.mean() == pytest.approx(mean_area, abs=4 * areas.std() / np.sqrt(4000))


def test_fixed_shapes_are_centred_from_three_tenths_to_the_whole_frame():
    for kind in ALL_KINDS:
        ink = draw_ink(kind, count=400, seed=9)
        np.testing.assert_allclose(ink, ink[:, :, ::-1], atol=1.01 / 255)
        widths = ink.max(1).sum(1)
        assert 0.3 * 72 - 1 < widths.min() < 0.31 * 72 + 1
        assert 0.99 * 72 - 1 < widths.max() <= 72
    for kind in ("square", "disk"):
        ink = draw_ink(kind, count=400, seed=9)
        np.testing.assert_allclose(ink, ink[:, ::-1], atol=1.01 / 255)


def test_fixed_triangles_stand_on_their_base():
    rows = draw_ink("triangle", count=50, seed=10).sum(2)
    for row in rows:
        inside = row[row > 0]
        assert (np.diff(inside[:-1]) > 0).all()


def test_free_disks_are_cut_off_at_the_frame_and_their_centres_fill_it():
    ink = draw_ink("disk", free=True, count=3000, seed=12)
    borders = np.concatenate([ink[:, 0], ink[:, -1], ink[:, :, 0], ink[:, :, -1]], axis=1)
    touching = (borders > 0).any(1).mean()
    # With R the radius, a disk stays inside with probability (1 - 2 R)^2; the mean over R.
    assert touching == pytest.approx(1 - 0.7**2 / 3, abs=0.04)
    assert ink.mean(0).min() > 0.05


def test_noise_is_uniform_and_no_two_pixels_share_it():
    greys, _ = make_shapes(200, noise=0, dtype="uint8", seed=13)
    images, _ = make_shapes(200, noise=100, seed=13)
    u = (images.astype(np.float64) * 455 - 100 - greys) / 100
    counts = np.histogram(u, bins=20, range=(0, 1))[0]
    expected = u.size / 20
    # Chi-squared of 19 degrees of freedom: 43.8 is exceeded once in a thousand.
    assert ((counts - expected) ** 2 / expected).sum() < 43.8
    u = u[..., 0] - 0.5
    for other in (np.roll(u, 1, 0), np.roll(u, 1, 1), np.roll(u, 1, 2)):
        assert abs((u * other).mean() * 12) < 4 / np.sqrt(u.size)


def test_a_range_of_noise_gives_each_pair_its_own():
    noisy, clean = make_denoising_pairs(400, noise=(20, 400), seed=14)
    # Paper is at (255 + noise (1 + u)) / (255 + 2 noise): the darkest paper tells the noise.
    paper = np.where(clean == 1, noisy, 1).min((1, 2, 3)).astype(np.float64)
    levels = 255 * (1 - paper) / (2 * paper - 1)
    assert 19 < levels.min() < 40
    assert 380 < levels.max() < 410
    assert levels.mean() == pytest.approx(210, abs=20)


def test_sizes_count_the_pixels_covered_by_half_or_more():
    clean = np.ones((3, 10, 10, 1), np.float32)
    clean[1, 2:5, 3:7] = 0
    clean[2, 0, :4, 0] = (0.0, 0.4, 0.6, 1.0)
    np.testing.assert_array_equal(measure_shape_sizes(clean), [0, 12, 2])
    np.testing.assert_array_equal(measure_shape_sizes(clean[..., 0]), [0, 12, 2])
    greys, _ = make_shapes(200, free=True, noise=0, seed=15, dtype="uint8")
    floats, _ = make_shapes(200, free=True, noise=0, seed=15)
    np.testing.assert_array_equal(measure_shape_sizes(greys), measure_shape_sizes(floats))


def test_memory_stays_near_the_result():
    make_shapes(10, seed=0)
    for dtype, at_most in (("float32", 1.3), ("uint8", 2.0)):
        tracemalloc.start()
        images, _ = make_shapes(3000, free=True, seed=16, dtype=dtype)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < at_most * images.nbytes


def test_examples_in_the_documentation_run():
    result = doctest.testmod(shapes)
    assert result.attempted >= 5
    assert result.failed == 0


GOOD = {"count": 3, "seed": 0}
BAD = [
    ({"count": 0}, "count must be a whole number of at least 1, but 0 came."),
    ({"count": -4}, "count must be a whole number of at least 1, but -4 came."),
    ({"count": 2.5}, "count must be a whole number of at least 1, but 2.5 came."),
    ({"count": True}, "count must be a whole number of at least 1, but True came."),
    ({"size_px": 3}, "size_px must be a whole number of at least 8, but 3 came."),
    ({"noise": -1}, "noise must be a finite number from 0 to 1000000, but -1 came."),
    ({"noise": float("nan")}, "noise must be a finite number from 0 to 1000000, but nan came."),
    ({"noise": float("inf")}, "noise must be a finite number from 0 to 1000000, but inf came."),
    ({"noise": "20"}, "noise must be a finite number from 0 to 1000000, but '20' came."),
    ({"seed": None}, "seed must be a whole number of at least 0, but None came."),
    ({"seed": -1}, "seed must be a whole number of at least 0, but -1 came."),
    ({"dtype": "int8"}, "dtype must be one of 'float32', 'uint8', but 'int8' came."),
    ({"free": 1}, "free must be True or False, but 1 came."),
]
KINDS_WANTED = "kinds must be a tuple of one or more of 'square', 'disk', 'triangle', each once"
BAD_KINDS = [
    ({"kinds": ("circle",)}, f"{KINDS_WANTED}, but ('circle',) came."),
    ({"kinds": ()}, f"{KINDS_WANTED}, but () came."),
    ({"kinds": ("disk", "disk")}, f"{KINDS_WANTED}, but ('disk', 'disk') came."),
    ({"kinds": "disk"}, f"{KINDS_WANTED}, but 'disk' came."),
]
BAD_RANGES = [
    ({"noise": (5,)}, "noise must be a number or a pair (low, high), but (5,) came."),
    ({"noise": (-5, 5)}, "noise[0] must be a finite number from 0 to 1000000, but -5 came."),
    ({"noise": (9, 5)}, "noise[1] must be a finite number from 9 to 1000000, but 5 came."),
]


@pytest.mark.parametrize(
    ("draw", "bad", "message"),
    [(draw, *case) for draw in (make_shapes, make_triangles, make_denoising_pairs) for case in BAD]
    + [(draw, *case) for draw in (make_shapes, make_denoising_pairs) for case in BAD_KINDS]
    + [(make_denoising_pairs, *case) for case in BAD_RANGES],
)
def test_bad_arguments_are_told_what_is_right(draw, bad, message):
    arguments = {**GOOD, **bad}
    with pytest.raises((TypeError, ValueError)) as raised:
        draw(arguments.pop("count"), **arguments)
    assert str(raised.value) == message


def test_numpy_numbers_are_as_good_as_pythons():
    plain, _ = make_shapes(5, noise=20, seed=3)
    same, _ = make_shapes(np.int32(5), noise=np.float32(20), seed=np.uint8(3))
    np.testing.assert_array_equal(plain, same)


@pytest.mark.parametrize(
    ("images", "message"),
    [
        ([[0.5]], "[[0.5]] came"),
        (np.zeros((8, 8)), "Give a single picture as image[None]"),
        (np.zeros((2, 8, 8, 3)), "one channel"),
        (np.full((2, 8, 8), 255.0), "Divide 0..255 by 255 first"),
        (np.full((2, 8, 8), np.nan), "values from nan to nan came"),
        (np.zeros((2, 8, 8), np.int64), "but int64 of shape (2, 8, 8) came"),
        (np.zeros((0, 8, 8)), "but float64 of shape (0, 8, 8) came"),
    ],
)
def test_sizes_of_what_is_no_clean_picture_are_refused(images, message):
    with pytest.raises((TypeError, ValueError)) as raised:
        measure_shape_sizes(images)
    assert message in str(raised.value)
    assert str(raised.value).startswith("clean_images must ")
