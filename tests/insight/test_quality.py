"""How near an image is to a clean one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from labhelpers.data import make_denoising_pairs
from labhelpers.insight import measure_psnr, measure_ssim, restore_range


@pytest.fixture(scope="module")
def pairs():
    return make_denoising_pairs(6, noise=100.0, seed=5)


def test_psnr_agrees_with_numbers_done_by_hand():
    clean = np.zeros((3, 4, 4, 1))
    images = clean + np.array([0.1, 0.01, 1.0]).reshape(3, 1, 1, 1)
    np.testing.assert_allclose(measure_psnr(images, clean), [20.0, 40.0, 0.0], atol=1e-9)
    # One pixel of sixteen is wrong by one half: a mean square of 1 / 64.
    images = clean.copy()
    images[:, 0, 0] = 0.5
    np.testing.assert_allclose(measure_psnr(images, clean), 10 * np.log10(64))


def test_a_right_image_has_no_end_of_psnr_and_a_similarity_of_one(pairs):
    _, clean = pairs
    assert np.isposinf(measure_psnr(clean, clean)).all()
    np.testing.assert_allclose(measure_ssim(clean, clean), 1.0)


def test_both_agree_with_scikit_image(pairs):
    noisy, clean = pairs
    restored = restore_range(noisy, 100.0)
    psnr, ssim = measure_psnr(restored, clean), measure_ssim(restored, clean)
    assert psnr.shape == ssim.shape == (6,)
    for one, right, p, s in zip(restored[..., 0], clean[..., 0], psnr, ssim, strict=True):
        assert p == pytest.approx(peak_signal_noise_ratio(right, one, data_range=1), abs=1e-4)
        settings_of_the_paper = {
            "gaussian_weights": True,
            "sigma": 1.5,
            "use_sample_covariance": False,
        }
        expected = structural_similarity(right, one, data_range=1, **settings_of_the_paper)
        assert s == pytest.approx(expected, abs=1e-5)


def test_ssim_agrees_with_its_formula_where_nothing_varies():
    # Flat images: only the brightness term is left, (2 a b + c) / (a^2 + b^2 + c) with c = 1e-4.
    images, clean = np.full((1, 16, 16), 0.5), np.full((1, 16, 16), 0.25)
    expected = (2 * 0.5 * 0.25 + 1e-4) / (0.5**2 + 0.25**2 + 1e-4)
    assert measure_ssim(images, clean)[0] == pytest.approx(expected)


def test_ssim_sees_what_psnr_does_not():
    # A step of brightness and noise of the same mean square: the step keeps the pattern.
    clean = np.tile(np.linspace(0.2, 0.8, 32), (1, 32, 1))
    noise = np.random.RandomState(0).normal(size=clean.shape)
    noisy = clean + 0.1 * noise / np.sqrt(np.mean(noise**2))
    np.testing.assert_allclose(measure_psnr(noisy, clean), measure_psnr(clean + 0.1, clean))
    assert measure_ssim(clean + 0.1, clean)[0] > measure_ssim(noisy, clean)[0] + 0.2


@pytest.mark.parametrize("shape", [(2, 20, 24), (2, 20, 24, 1), (2, 20, 24, 3)])
def test_channels_are_kept_apart_from_pixels(shape):
    random = np.random.RandomState(0)
    clean, images = random.rand(*shape), random.rand(*shape)
    mean_square = [np.mean((a - b) ** 2) for a, b in zip(images, clean, strict=True)]
    np.testing.assert_allclose(measure_psnr(images, clean), -10 * np.log10(mean_square))
    assert measure_ssim(images, clean).shape == (2,)


def test_bytes_count_as_parts_of_255(pairs):
    noisy, clean = pairs
    in_bytes = [np.rint(a * 255).astype(np.uint8) for a in (noisy, clean)]
    as_floats = [a / 255 for a in in_bytes]
    np.testing.assert_allclose(measure_psnr(*in_bytes), measure_psnr(*as_floats))
    np.testing.assert_allclose(measure_ssim(*in_bytes), measure_ssim(*as_floats))


@settings(deadline=None, max_examples=25)
@given(noise=st.floats(0, 1000), seed=st.integers(0, 10**6))
def test_restored_images_lie_about_the_clean_ones(noise, seed):
    noisy, clean = make_denoising_pairs(3, noise=noise, size_px=32, seed=seed)
    left = restore_range(noisy, noise) - clean
    assert abs(left).max() <= noise / 510 + 1e-3
    assert abs(left.mean()) <= noise / 510 * 0.2 + 1e-3


def test_restored_noise_has_the_mean_square_that_theory_says():
    noisy, clean = make_denoising_pairs(40, noise=100.0, seed=1)
    restored = restore_range(noisy, 100.0)
    assert restored.dtype == np.float32
    assert restored.shape == noisy.shape
    expected = -10 * np.log10((100 / 255) ** 2 / 12)
    assert measure_psnr(restored, clean).mean() == pytest.approx(expected, abs=0.05)


def test_each_image_may_have_its_own_noise():
    parts = [make_denoising_pairs(2, noise=level, seed=3) for level in (20.0, 300.0)]
    noisy = np.concatenate([p[0] for p in parts])
    both = restore_range(noisy, np.array([20.0, 20.0, 300.0, 300.0]))
    np.testing.assert_allclose(both[:2], restore_range(parts[0][0], 20.0), rtol=1e-6)
    np.testing.assert_allclose(both[2:], restore_range(parts[1][0], 300.0), rtol=1e-6)


def test_noisy_bytes_are_restored_too():
    in_floats, clean = make_denoising_pairs(4, noise=100.0, seed=2)
    in_bytes, _ = make_denoising_pairs(4, noise=100.0, seed=2, dtype="uint8")
    difference = restore_range(in_bytes, 100.0) - restore_range(in_floats, 100.0)
    assert abs(difference).max() <= 0.5 / 255 * (455 / 255) + 1e-6
    assert (measure_psnr(restore_range(in_bytes, 100.0), clean) > 18).all()


@pytest.mark.parametrize("measure", [measure_psnr, measure_ssim])
@pytest.mark.parametrize(
    ("images", "clean", "error", "says"),
    [
        (np.zeros((2, 16, 16)), np.zeros((2, 16, 16, 1)), ValueError, r"clean\[..., None\]"),
        (np.zeros((1, 16, 16)), np.zeros((2, 16, 16)), ValueError, "of one shape"),
        (np.full((1, 16, 16), 255.0), np.ones((1, 16, 16)), ValueError, "by 255 first"),
        (np.full((1, 16, 16), np.nan), np.ones((1, 16, 16)), ValueError, "NaN"),
        (np.zeros((1, 16, 16)), np.full((1, 16, 16), 2.0), ValueError, "clean must be"),
        (np.zeros((1, 16, 16), int), np.zeros((1, 16, 16)), TypeError, "images must be"),
        ([[0.0]], np.zeros((1, 16, 16)), TypeError, r"\[\[0.0\]\] came"),
        (np.zeros((16, 16)), np.zeros((16, 16)), ValueError, r"image\[None\]"),
    ],
)
def test_what_does_not_fit_is_said(measure, images, clean, error, says):
    with pytest.raises(error, match=says):
        measure(images, clean)


def test_images_smaller_than_a_window_are_refused():
    with pytest.raises(ValueError, match="at least 11 px"):
        measure_ssim(np.zeros((1, 8, 20)), np.zeros((1, 8, 20)))


@pytest.mark.parametrize(
    ("noise", "error", "says"),
    [
        (-1.0, ValueError, "at least 0"),
        ("much", TypeError, "noise must be"),
        (np.array([1.0, 2.0]), ValueError, "one for each image"),
        (np.array([1.0, 2.0, -1.0]), ValueError, "at least 0 for each"),
    ],
)
def test_impossible_noise_is_refused(noise, error, says):
    with pytest.raises(error, match=says):
        restore_range(np.zeros((3, 16, 16)), noise)
