"""Noise: its distribution, its bounds, its seed, and what it leaves alone."""

import hashlib
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from labhelpers.data import add_gaussian_noise, add_salt_and_pepper

ALL = {
    "gaussian": (add_gaussian_noise, "deviation"),
    "salt and pepper": (add_salt_and_pepper, "amount"),
}
functions = pytest.mark.parametrize("add", [add for add, _ in ALL.values()], ids=ALL)
pictures = st.one_of(
    arrays(np.uint8, array_shapes(min_dims=3, max_dims=4, max_side=6)),
    arrays(
        st.sampled_from([np.float16, np.float32, np.float64]),
        array_shapes(min_dims=3, max_dims=4, max_side=6),
        elements=st.floats(0, 1, width=16),
    ),
)
quick = settings(max_examples=40, deadline=None)
GREY = np.full((50, 40, 40), 128, np.uint8)


@functions
@quick
@given(images=pictures, amount=st.floats(0, 1), seed=st.integers(0, 2**64))
def test_shape_dtype_and_range_are_kept_and_the_input_is_left_alone(add, images, amount, seed):
    before = images.copy()
    noisy = add(images, amount, seed=seed)
    np.testing.assert_array_equal(images, before)
    assert not np.shares_memory(noisy, images)
    assert (noisy.shape, noisy.dtype) == (images.shape, images.dtype)
    assert noisy.min() >= 0
    assert noisy.max() <= (255 if images.dtype == np.uint8 else 1)
    np.testing.assert_array_equal(noisy, add(images, amount, seed=seed))


@functions
@quick
@given(images=pictures, seed=st.integers(0, 2**64))
def test_no_noise_changes_nothing(add, images, seed):
    np.testing.assert_array_equal(add(images, 0, seed=seed), images)


@functions
def test_the_first_pictures_get_the_same_noise_however_many_follow(add):
    few = add(GREY[:3], 0.2, seed=1)
    np.testing.assert_array_equal(few, add(np.repeat(GREY, 4, axis=0), 0.2, seed=1)[:3])
    assert (few[0] != few[1]).any()
    assert (few != add(GREY[:3], 0.2, seed=2)).any()


@functions
def test_uint8_and_floats_get_the_same_noise(add):
    coarse = add(GREY, 0.3, seed=4)
    fine = add(GREY / 255, 0.3, seed=4)
    np.testing.assert_allclose(coarse / 255, fine, atol=0.501 / 255)


@functions
def test_pictures_laid_out_otherwise_in_memory_get_the_same_noise(add):
    images = np.random.RandomState(0).rand(6, 10, 7, 3)
    turned = np.asfortranarray(images)
    expected = add(images, 0.3, seed=5)
    np.testing.assert_array_equal(add(turned, 0.3, seed=5), expected)
    np.testing.assert_array_equal(add(images[:, ::-1][:, ::-1], 0.3, seed=5), expected)


def test_gaussian_noise_is_normal():
    noise = (add_gaussian_noise(np.full((100, 50, 50), 0.5), 0.1, seed=7) - 0.5) / 0.1
    for at in (-2, -1, 0, 1, 2):
        expected = (1 + math.erf(at / math.sqrt(2))) / 2
        assert (noise < at).mean() == pytest.approx(expected, abs=2 / math.sqrt(noise.size))
    assert noise.mean() == pytest.approx(0, abs=4 / math.sqrt(noise.size))
    assert noise.std() == pytest.approx(1, abs=4 / math.sqrt(2 * noise.size))


@pytest.mark.parametrize("amount", [0.0, 0.01, 0.4, 1.0])
def test_salt_and_pepper_replace_the_share_asked_for_half_and_half(amount):
    images = np.full((100, 50, 50), 77, np.uint8)
    noisy = add_salt_and_pepper(images, amount, seed=8)
    assert set(np.unique(noisy)) <= {0, 77, 255}
    spread = 4 * math.sqrt(amount * (1 - amount) / images.size)
    assert (noisy != 77).mean() == pytest.approx(amount, abs=spread + 1e-9)
    spread = 4 * math.sqrt(amount / 2 * (1 - amount / 2) / images.size)
    assert (noisy == 0).mean() == pytest.approx(amount / 2, abs=spread + 1e-9)


def test_salt_and_pepper_replace_a_pixel_with_all_its_channels():
    images = np.full((20, 30, 30, 3), 0.5, np.float32)
    noisy = add_salt_and_pepper(images, 0.5, seed=9)
    np.testing.assert_array_equal(noisy[..., 0], noisy[..., 1])
    np.testing.assert_array_equal(noisy[..., 0], noisy[..., 2])
    np.testing.assert_array_equal(
        noisy[..., 0], add_salt_and_pepper(images[..., 0], 0.5, seed=9), "grey ones alike"
    )


FROZEN = {
    "gaussian": "c03c6e2adf0d159e6348567158e14ce2",
    "salt and pepper": "f9e97b8b7c43ae9d4aaf4937c7e09af8",
}


@pytest.mark.parametrize("name", FROZEN)
def test_a_seed_draws_this_very_noise(name):
    add, _ = ALL[name]
    noisy = add(np.tile(np.arange(256, dtype=np.uint8), (20, 8, 1)), 0.3, seed=10)
    assert hashlib.sha256(noisy.tobytes()).hexdigest()[:32] == FROZEN[name]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("bad", [-0.1, float("nan"), float("inf"), "much", None, True])
def test_bad_amounts_are_told_what_is_right(name, bad):
    add, argument = ALL[name]
    largest = "1" if argument == "amount" else "1000000"
    with pytest.raises((TypeError, ValueError)) as raised:
        add(GREY, bad, seed=0)
    expected = f"{argument} must be a finite number from 0 to {largest}, but {bad!r} came."
    assert str(raised.value) == expected


def test_more_than_all_pixels_cannot_be_replaced():
    with pytest.raises(ValueError, match=r"amount must be a finite number from 0 to 1, but 1.1 c"):
        add_salt_and_pepper(GREY, 1.1, seed=0)


@functions
@pytest.mark.parametrize("bad", [None, -1, 1.0])
def test_bad_seeds_are_told_what_is_right(add, bad):
    with pytest.raises((TypeError, ValueError)) as raised:
        add(GREY, 0.1, seed=bad)
    assert str(raised.value) == f"seed must be a whole number of at least 0, but {bad!r} came."


@functions
@pytest.mark.parametrize(
    ("images", "message"),
    [
        (GREY[0], "but uint8 of shape (40, 40) came. Give a single picture as image[None]."),
        (GREY.astype(np.int32), "but int32 of shape (50, 40, 40) came."),
        (GREY.astype(np.float32), "values from 128 to 128 came. Divide 0..255 by 255 first."),
        (GREY[:0], "but uint8 of shape (0, 40, 40) came."),
        (GREY.tolist(), "but a list of 50 came."),
    ],
    ids=["one picture", "int32", "floats to 255", "none", "list"],
)
def test_bad_images_are_told_what_is_right(add, images, message):
    with pytest.raises((TypeError, ValueError)) as raised:
        add(images, 0.1, seed=0)
    assert str(raised.value).startswith(
        "images must be an array (N, H, W) or (N, H, W, C) of uint8, or of floats in [0, 1], but "
    )
    assert str(raised.value).endswith(message)
