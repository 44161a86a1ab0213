"""The convolutional networks of the MNIST chapters."""

import keras
import numpy as np
import pytest

from labhelpers.models import (
    build_compact_cnn,
    build_large_cnn,
    build_overlapping_cnn,
    build_strided_cnn,
)

BUILDERS = [
    build_large_cnn,
    build_overlapping_cnn,
    build_compact_cnn,
    build_strided_cnn,
]


def find_sides(model):
    """Height of what each convolution and pool gives, in order."""
    kinds = (keras.layers.Conv2D, keras.layers.MaxPooling2D)
    return [layer.output.shape[1] for layer in model.layers if isinstance(layer, kinds)]


def count_conv(filters, channels):
    return filters * (3 * 3 * channels + 1)


def test_parameters_by_hand():
    model = build_compact_cnn()
    first, second = 32 * (3 * 3 * 1 + 1), 32 * (3 * 3 * 32 + 1)
    assert model.count_params() == first + second + 7 * 7 * 32 * 10 + 10 == 25_258
    kinds = [type(layer).__name__ for layer in model.layers if layer.name != "one_channel"]
    assert kinds == ["Conv2D", "MaxPooling2D", "Conv2D", "MaxPooling2D", "Flatten", "Dense"]


def test_parameters_of_the_large_one_by_hand():
    model = build_large_cnn()
    convolutions = count_conv(64, 1) + count_conv(128, 64) + count_conv(128, 128)
    dense = (7 * 7 * 128 + 1) * 64 + 65 * 10
    assert model.count_params() == convolutions + dense == 624_202
    assert find_sides(model) == [28, 14, 14, 14, 7]


@pytest.mark.parametrize(
    ("options", "sides", "widths"),
    [
        ({}, [26, 25, 23, 22, 20, 19], (32, 64, 100)),
        ({"filters": (16, 32, 64)}, [26, 25, 23, 22, 20, 19], (16, 32, 64)),
        ({"pool_stride": 2}, [26, 13, 11, 5, 3, 1], (32, 64, 100)),
    ],
)
def test_parameters_with_overlapping_pools_by_hand(options, sides, widths):
    model = build_overlapping_cnn(**options)
    a, b, c = widths
    convolutions = count_conv(a, 1) + count_conv(b, a) + count_conv(c, b)
    dense = (sides[-1] ** 2 * c + 1) * 200 + 201 * 10
    assert model.count_params() == convolutions + dense
    assert find_sides(model) == sides


def test_the_overlapping_pools_as_reported():
    model = build_overlapping_cnn()
    assert model.count_params() == 7_298_726
    assert model.get_layer("hidden").count_params() > 0.98 * model.count_params()


@pytest.mark.parametrize(
    ("filters", "strides", "sides", "count"),
    [
        (32, 2, [13, 6, 3], 126_786),
        (8, 2, [13, 6, 3], 33_210),
        (32, 4, [7, 2, 1], 26_434),
        (8, 4, [7, 2, 1], 8_122),
    ],
)
def test_parameters_with_strides_by_hand(filters, strides, sides, count):
    model = build_strided_cnn(filters, strides)
    convolutions = count_conv(filters, 1) + count_conv(filters, filters)
    dense = (sides[-1] ** 2 * filters + 1) * 392 + 393 * 10
    assert model.count_params() == convolutions + dense == count
    assert find_sides(model) == sides


def test_the_penalty_is_of_every_kernel_and_of_no_bias():
    plain, penalised = (build_strided_cnn(l2=l2, seed=1) for l2 in (0.0, 1e-3))
    assert not plain.losses
    kernels = [w for w in penalised.get_weights() if w.ndim > 1]
    assert len(kernels) == len(penalised.losses) == 4
    by_hand = 1e-3 * sum(float((kernel**2).sum()) for kernel in kernels)
    assert float(sum(penalised.losses)) == pytest.approx(by_hand, rel=1e-5)


@pytest.mark.parametrize("build", BUILDERS)
def test_all_are_convolutions_before_a_softmax(build):
    images = np.random.RandomState(0).random_sample((3, 28, 28)).astype("float32")
    assert build(seed=1).predict(images, verbose=0).sum(axis=1) == pytest.approx(1.0, abs=1e-5)


def test_a_network_that_leaves_no_pixel_is_refused():
    assert find_sides(build_strided_cnn(strides=4))[-1] == 1
    with pytest.raises(ValueError, match="negative"):
        build_strided_cnn(strides=5)
    with pytest.raises(ValueError, match="negative"):
        build_overlapping_cnn((8,) * 4, pool_stride=2)


@pytest.mark.parametrize(
    ("build", "options", "words"),
    [
        (build_overlapping_cnn, {"filters": 32}, "filters must be .*each"),
        (build_overlapping_cnn, {"filters": ()}, "filters must be .*each"),
        (build_overlapping_cnn, {"filters": (32, 0)}, "filters must be .*1.*0"),
        (build_overlapping_cnn, {"pool_stride": 0}, "pool_stride must be"),
        (build_strided_cnn, {"filters": (8, 8)}, "filters must be a whole number"),
        (build_strided_cnn, {"strides": 1.5}, "strides must be a whole number"),
        (build_strided_cnn, {"l2": -1e-4}, "l2 must be a finite number"),
        (build_strided_cnn, {"l2": float("nan")}, "l2 must be a finite number"),
    ],
)
def test_numbers_that_cannot_be_are_named(build, options, words):
    with pytest.raises((TypeError, ValueError), match=words):
        build(**options)


def test_rescaling_inside_takes_images_as_loaded():
    images = np.random.RandomState(0).randint(0, 256, (3, 28, 28)).astype("uint8")
    inside = build_compact_cnn(seed=1, rescale=True).predict(images, verbose=0)
    outside = build_compact_cnn(seed=1).predict(np.float32(images) / 255, verbose=0)
    assert inside == pytest.approx(outside, abs=1e-5)


def test_a_seed_fixes_the_first_weights():
    first, again, other = (build_compact_cnn(seed=s).get_weights() for s in (2, 2, 3))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_a_bad_seed_is_named():
    with pytest.raises(ValueError, match=r"seed must be .* -1"):
        build_compact_cnn(seed=-1)
