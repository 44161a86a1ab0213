"""The networks of the shapes chapters have the reported layers and numbers of parameters."""

import keras
import numpy as np
import pytest

from labhelpers.models import (
    build_global_pool_cnn,
    build_hourglass,
    build_linear,
    build_small_cnn,
    build_vertex_regressor,
)


def count_conv(kernel: int, before: int, filters: int) -> int:
    return kernel * kernel * before * filters + filters


def count_dense(before: int, units: int) -> int:
    return before * units + units


# (builder, reported count, the same count by hand, trainable count)
COUNTS = [
    (build_linear, 15_555, count_dense(72 * 72, 3), 15_555),
    (build_small_cnn, 55_907, count_conv(5, 1, 16) + count_dense(34 * 34 * 16, 3), 55_907),
    (
        build_global_pool_cnn,
        7_219,
        count_conv(5, 1, 16)
        + count_conv(5, 16, 16)
        + 4 * 16
        + count_dense(16, 16)
        + count_dense(16, 3),
        7_187,
    ),
    (
        build_vertex_regressor,
        8_160_134,
        count_conv(7, 1, 64)
        + count_conv(5, 64, 256)
        + 2 * count_conv(5, 256, 256)
        + count_conv(3, 256, 1024)
        + 4 * 1024
        + 2 * count_dense(1024, 1024)
        + count_dense(1024, 6),
        8_158_086,
    ),
    (
        build_hourglass,
        46_977,
        count_conv(3, 1, 32) + 5 * count_conv(3, 32, 32) + 4 * 32 + count_conv(3, 32, 1),
        46_913,
    ),
]


@pytest.mark.parametrize(("build", "reported", "by_hand", "trainable"), COUNTS)
def test_parameters_are_those_reported(build, reported, by_hand, trainable):
    model = build()
    assert model.count_params() == reported == by_hand
    assert sum(int(np.prod(w.shape)) for w in model.trainable_weights) == trainable


@pytest.mark.parametrize(
    ("build", "shape"),
    [
        (build_linear, (2, 3)),
        (build_small_cnn, (2, 3)),
        (build_global_pool_cnn, (2, 3)),
        (build_vertex_regressor, (2, 6)),
        (build_hourglass, (2, 72, 72, 1)),
    ],
)
def test_outputs_have_the_promised_shape_and_range(build, shape):
    images = np.random.RandomState(0).rand(2, 72, 72, 1).astype("float32")
    outputs = build(seed=0).predict(images, verbose=0)
    assert outputs.shape == shape
    assert outputs.dtype == np.float32
    assert outputs.min() >= 0
    assert outputs.max() <= 1
    if shape == (2, 3):
        assert outputs.sum(axis=1) == pytest.approx([1, 1], abs=1e-5)


@pytest.mark.parametrize("build", [entry[0] for entry in COUNTS])
def test_every_layer_has_a_name_of_its_own(build):
    first, again = build(), build()
    names = [layer.name for layer in first.layers]
    assert len(set(names)) == len(names)
    # Keras counts its own names up (conv2d, conv2d_1, ...): given ones stay.
    assert names == [layer.name for layer in again.layers]


@pytest.mark.parametrize("build", [entry[0] for entry in COUNTS if entry[1] < 1e6])
def test_a_seed_fixes_the_first_weights(build):
    first, again, other = build(seed=3), build(seed=3), build(seed=4)
    assert all(
        np.array_equal(a, b) for a, b in zip(first.get_weights(), again.get_weights(), strict=True)
    )
    assert not all(
        np.array_equal(a, b) for a, b in zip(first.get_weights(), other.get_weights(), strict=True)
    )


def test_layers_of_the_same_shape_start_differently():
    model = build_hourglass(seed=0)
    kernels = [model.get_layer(name).get_weights()[0] for name in ("down_2", "down_3", "up_1")]
    assert not np.array_equal(kernels[0], kernels[1])
    assert not np.array_equal(kernels[1], kernels[2])


def test_without_a_seed_keras_global_seed_decides():
    keras.utils.set_random_seed(5)
    first = build_linear().get_weights()[0]
    keras.utils.set_random_seed(5)
    assert np.array_equal(first, build_linear().get_weights()[0])
    assert not np.array_equal(first, build_linear().get_weights()[0])


def list_activations(model: keras.Model) -> set[str]:
    return {
        layer.activation.__name__
        for layer in model.layers
        if isinstance(layer, keras.layers.Conv2D)
    }


@pytest.mark.parametrize("build", [build_small_cnn, build_global_pool_cnn, build_vertex_regressor])
def test_convolutions_are_linear_as_reported(build):
    assert list_activations(build()) == {"linear"}


def test_the_hourglass_bends_by_relu_as_reported():
    assert list_activations(build_hourglass()) == {"relu", "sigmoid"}


def test_other_sizes_can_be_asked_for():
    assert build_linear(size_px=8).count_params() == 8 * 8 * 3 + 3
    assert build_global_pool_cnn(size_px=14).count_params() == 7_219
    assert build_hourglass(size_px=16).output_shape == (None, 16, 16, 1)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: build_linear(size_px=0), ["size_px", "at least 1", "0"]),
        (lambda: build_small_cnn(size_px=5), ["size_px", "at least 6", "5"]),
        (lambda: build_global_pool_cnn(size_px=13), ["size_px", "at least 14", "13"]),
        (lambda: build_hourglass(size_px=20), ["size_px", "multiple of 8", "20"]),
        (lambda: build_vertex_regressor(size_px=71), ["size_px", "at least 72", "71"]),
        (lambda: build_linear(size_px=7.5), ["size_px", "whole number", "7.5"]),
        (lambda: build_linear(seed=-1), ["seed", "at least 0", "-1"]),
    ],
)
def test_bad_arguments_are_named(call, words):
    with pytest.raises((TypeError, ValueError), match=words[0]) as caught:
        call()
    assert all(word in str(caught.value) for word in words), caught.value


def test_smallest_allowed_sizes_do_build():
    for build, size in ((build_small_cnn, 6), (build_global_pool_cnn, 14), (build_hourglass, 8)):
        images = np.zeros((1, size, size, 1), "float32")
        assert np.isfinite(build(size_px=size).predict(images, verbose=0)).all()
