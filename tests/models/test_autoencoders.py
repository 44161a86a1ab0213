"""The networks that clean digits, and the classifier that judges them."""

import keras
import numpy as np
import pytest

from labhelpers.models import (
    build_denoiser,
    build_dense_autoencoder,
    build_digit_classifier,
    load_digit_classifier,
)

IMAGES = np.random.RandomState(0).uniform(size=(3, 28, 28, 1)).astype(np.float32)


def test_dense_parameters_by_hand():
    weights = 784 * 128 + 128 * 96 + 96 * 128 + 128 * 784
    assert build_dense_autoencoder().count_params() == weights + 128 + 96 + 128 + 784
    narrow = build_dense_autoencoder(2, hidden_units=5)
    assert narrow.count_params() == 784 * 5 + 5 * 2 + 2 * 5 + 5 * 784 + 5 + 2 + 5 + 784
    assert narrow.get_layer("code").output.shape == (None, 2)


def test_denoiser_parameters_by_hand():
    w = 24
    kernels = 25 * w + 9 * w * w + 9 * w * 2 * w + 2 * 9 * 4 * w * w
    kernels += 16 * 2 * w * w + 9 * w * w + 16 * w
    norms = 4 * (w + w + 2 * w + 2 * w + 2 * w + w + w)
    assert build_denoiser().count_params() == kernels + norms + 1
    told = build_denoiser(is_told_noise=True)
    assert told.count_params() == build_denoiser().count_params() + 25 * w


@pytest.mark.parametrize("build", [build_dense_autoencoder, build_denoiser])
def test_images_come_out_in_the_shape_and_range_of_images(build):
    answers = keras.ops.convert_to_numpy(build(seed=0)(IMAGES))
    assert answers.shape == IMAGES.shape
    assert answers.min() > 0
    assert answers.max() < 1


@pytest.mark.parametrize("build", [build_dense_autoencoder, build_denoiser, build_digit_classifier])
def test_a_seed_draws_the_same_first_weights_again_and_no_layer_twice(build):
    first, again, other = (build(seed=seed).get_weights() for seed in (3, 3, 4))
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, two)
    drawn = [(one, two) for one, two in zip(first, other, strict=True) if one.std() > 0]
    assert drawn
    assert all((one != two).any() for one, two in drawn)


def test_bad_sizes_are_named():
    with pytest.raises(ValueError, match="code_size must be a whole number of at least 1, but 0"):
        build_dense_autoencoder(0)
    with pytest.raises(TypeError, match="width must be a whole number of at least 1, but"):
        build_denoiser(2.5)
    with pytest.raises(TypeError, match="is_told_noise must be True or False, but 1 came"):
        build_denoiser(is_told_noise=1)


def test_the_trained_classifier_gives_probabilities_and_stays_as_it_is():
    judge = load_digit_classifier()
    answers = keras.ops.convert_to_numpy(judge(IMAGES))
    np.testing.assert_allclose(answers.sum(axis=1), 1, rtol=1e-5)
    assert judge.count_params() == 23_946
    assert not judge.trainable_weights


def test_the_trained_classifier_reads_drawn_digits():
    # A one and a seven, drawn by hand as bars.
    images = np.zeros((2, 28, 28, 1), np.float32)
    images[0, 5:23, 13:15] = 1
    images[1, 6:8, 8:20] = 1
    for row in range(8, 23):
        column = 19 - (row - 8) // 2
        images[1, row, column - 1 : column + 1] = 1
    assert load_digit_classifier().predict(images, verbose=0).argmax(axis=1).tolist() == [1, 7]
