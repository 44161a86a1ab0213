"""The dense network of the MNIST chapters, and the room's manners."""

import subprocess
import sys

import keras
import numpy as np
import pytest

import labhelpers.models
from labhelpers.models import build_dense


@pytest.mark.parametrize(
    ("hidden", "count"),
    [
        ((64, 64), (784 * 64 + 64) + (64 * 64 + 64) + (64 * 10 + 10)),
        ((500, 300), (784 * 500 + 500) + (500 * 300 + 300) + (300 * 10 + 10)),
        ((), 784 * 10 + 10),
    ],
)
def test_parameters_by_hand(hidden, count):
    assert build_dense(hidden=hidden).count_params() == count


def test_the_reported_network_is_the_default():
    model = build_dense()
    assert model.count_params() == 55_050
    assert [layer.name for layer in model.layers] == [
        "flatten",
        "hidden_1",
        "hidden_2",
        "probabilities",
    ]
    assert [layer.activation.__name__ for layer in model.layers[1:]] == ["relu", "relu", "softmax"]


def test_rescaling_inside_takes_images_as_loaded():
    images = np.random.RandomState(0).randint(0, 256, (3, 28, 28)).astype("uint8")
    inside = build_dense(seed=1, rescale=True).predict(images, verbose=0)
    outside = build_dense(seed=1).predict(np.float32(images) / 255, verbose=0)
    assert inside == pytest.approx(outside, abs=1e-5)


def test_a_seed_fixes_the_first_weights():
    first, again = build_dense(seed=2).get_weights(), build_dense(seed=2).get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], build_dense(seed=3).get_weights()[0])


def test_first_weights_are_glorot_uniform():
    kernel = build_dense(seed=0).get_layer("hidden_1").get_weights()[0]
    limit = np.sqrt(6 / (784 + 64))
    assert np.abs(kernel).max() <= limit * (1 + 1e-6)
    assert kernel.std() == pytest.approx(limit / np.sqrt(3), rel=0.02)


def test_other_images_can_be_asked_for():
    model = build_dense(hidden=(5,), image_shape=(4, 4, 3), num_classes=2)
    assert model.input_shape == (None, 4, 4, 3)
    assert model.count_params() == 48 * 5 + 5 + 5 * 2 + 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"hidden": (64, 0)}, ["hidden", "at least 1", "0"]),
        ({"hidden": (6.5,)}, ["hidden", "whole number", "6.5"]),
        ({"num_classes": 0}, ["num_classes", "at least 1"]),
        ({"seed": "a"}, ["seed", "'a'"]),
    ],
)
def test_bad_arguments_are_named(options, words):
    with pytest.raises((TypeError, ValueError), match=words[0]) as caught:
        build_dense(**options)
    assert all(word in str(caught.value) for word in words), caught.value


def test_importing_the_room_loads_no_backend():
    code = (
        "import sys, labhelpers.models, labhelpers.training; "
        "print([name for name in ('keras', 'tensorflow', 'jax', 'torch') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_is_there_and_documented():
    for name in labhelpers.models.__all__:
        assert getattr(labhelpers.models, name).__doc__
        assert name in dir(labhelpers.models)
    with pytest.raises(AttributeError, match="build_castle"):
        _ = labhelpers.models.build_castle


def test_builders_return_models_that_are_not_compiled():
    model = build_dense()
    assert isinstance(model, keras.Model)
    assert not model.compiled
