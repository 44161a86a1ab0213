"""The convolutional networks of the MNIST chapters."""

import numpy as np
import pytest

from labhelpers.models import build_small_convolutional


def test_parameters_by_hand():
    model = build_small_convolutional()
    first, second = 32 * (3 * 3 * 1 + 1), 32 * (3 * 3 * 32 + 1)
    assert model.count_params() == first + second + 7 * 7 * 32 * 10 + 10 == 25_258
    kinds = [type(layer).__name__ for layer in model.layers if layer.name != "one_channel"]
    assert kinds == ["Conv2D", "MaxPooling2D", "Conv2D", "MaxPooling2D", "Flatten", "Dense"]


def test_a_channel_may_be_there_or_not():
    images = np.random.RandomState(0).random_sample((3, 28, 28)).astype("float32")
    flat = build_small_convolutional(seed=1).predict(images, verbose=0)
    deep = build_small_convolutional(seed=1, image_shape=(28, 28, 1))
    assert deep.predict(images[..., None], verbose=0) == pytest.approx(flat, abs=1e-6)
    assert flat.sum(axis=1) == pytest.approx(1.0, abs=1e-5)


def test_rescaling_inside_takes_images_as_loaded():
    images = np.random.RandomState(0).randint(0, 256, (3, 28, 28)).astype("uint8")
    inside = build_small_convolutional(seed=1, rescale=True).predict(images, verbose=0)
    outside = build_small_convolutional(seed=1).predict(np.float32(images) / 255, verbose=0)
    assert inside == pytest.approx(outside, abs=1e-5)


def test_a_seed_fixes_the_first_weights():
    first, again, other = (build_small_convolutional(seed=s).get_weights() for s in (2, 2, 3))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"image_shape": (3, 28)}, ["image_shape", "at least 4", "(3, 28)"]),
        ({"image_shape": (28,)}, ["image_shape", "(height, width)"]),
        ({"image_shape": 28}, ["image_shape", "28"]),
        ({"num_classes": 0}, ["num_classes", "at least 1"]),
        ({"seed": -1}, ["seed", "-1"]),
    ],
)
def test_bad_arguments_are_named(options, words):
    with pytest.raises(ValueError, match=words[0]) as caught:
        build_small_convolutional(**options)
    assert all(word in str(caught.value) for word in words), caught.value
