"""Adversarial noise: small changes that raise a network's loss."""

import keras
import numpy as np
import pytest

from labhelpers.authoring.widget_weights.train_handwriting import restore
from labhelpers.insight import find_gradient_signs, perturb_fast_gradient
from labhelpers.models import build_dense
from labhelpers.widgets.handwriting import read_samples

IMAGES = np.random.RandomState(0).uniform(0.3, 0.7, (6, 28, 28)).astype("float32")
LABELS = np.array([3, 1, 4, 1, 5, 9])


def build_one_layer(scale=1.0):
    model = build_dense(hidden=(), seed=2)
    model.set_weights([scale * weights for weights in model.get_weights()])
    return model


def measure_losses(model, images, labels):
    chances = np.float64(model.predict(images, verbose=0))
    return -np.log(chances[np.arange(len(labels)), labels])


def test_signs_of_one_layer_are_those_worked_out_by_hand():
    model = build_one_layer()
    kernel = model.get_weights()[0]
    # The gradient of the cross-entropy is W (p - y).
    gaps = model.predict(IMAGES, verbose=0) - np.eye(10)[LABELS]
    right = np.sign(gaps @ kernel.T).reshape(IMAGES.shape)
    signs = find_gradient_signs(model, IMAGES, LABELS)
    assert signs.dtype == np.int8
    assert (signs == right).mean() > 0.999


def test_a_sure_network_has_a_direction_too():
    model = build_one_layer(scale=60.0)
    chances = model.predict(IMAGES, verbose=0)
    labels, second = chances.argsort(axis=1)[:, -1], chances.argsort(axis=1)[:, -2]
    sure = chances.max(axis=1) == 1.0
    assert sure.any()
    kernel = model.get_weights()[0]
    right = np.sign(kernel[:, second] - kernel[:, labels]).T.reshape(IMAGES.shape)
    signs = find_gradient_signs(model, IMAGES, labels)
    assert (signs == right)[sure].mean() > 0.99


def test_every_pixel_moves_by_epsilon_and_the_loss_rises():
    model = build_dense(seed=1)
    moved = perturb_fast_gradient(model, IMAGES, LABELS, epsilon=0.02)
    assert moved.dtype == np.float32
    far = np.abs(moved - IMAGES)
    assert far.max() == pytest.approx(0.02, abs=1e-6)
    assert (far > 0.0199).mean() > 0.99
    before, after = (measure_losses(model, x, LABELS) for x in (IMAGES, moved))
    assert (after > before).all()


def test_with_a_target_that_class_gets_likelier():
    model = build_dense(seed=1)
    moved = perturb_fast_gradient(model, IMAGES, LABELS, epsilon=0.02, target=7)
    before, after = (model.predict(x, verbose=0)[:, 7] for x in (IMAGES, moved))
    assert (after > before).all()
    # Away from a class and towards it are opposite.
    away = find_gradient_signs(model, IMAGES, np.full(6, 7))
    assert moved == pytest.approx(IMAGES - 0.02 * away, abs=1e-6)


def test_pictures_stay_pictures():
    black, white = np.zeros_like(IMAGES), np.ones_like(IMAGES)
    for images in (black, white):
        moved = perturb_fast_gradient(build_dense(seed=1), images, LABELS, epsilon=0.3)
        assert moved.min() >= 0
        assert moved.max() <= 1
    still = perturb_fast_gradient(build_dense(seed=1), IMAGES, LABELS, epsilon=0)
    assert np.array_equal(still, IMAGES)


def test_what_deceives_a_network_is_no_accident():
    images, labels = read_samples()
    images = np.float32(images) / 255
    model = restore("plain_convolutional")
    moved = perturb_fast_gradient(model, images, labels, epsilon=0.25)
    random = np.random.RandomState(0).choice([-0.25, 0.25], images.shape)
    noisy = np.clip(images + random, 0, 1)
    read = [model.predict(x, verbose=0).argmax(axis=1) == labels for x in (images, noisy, moved)]
    right = [part.mean() for part in read]
    assert right[0] == 1
    assert right[1] > 0.8
    assert right[2] < 0.5


def test_more_pictures_than_go_in_at_once_and_a_channel():
    model = keras.Sequential(
        [
            keras.Input((5, 4, 1)),
            keras.layers.Flatten(),
            keras.layers.BatchNormalization(),
            keras.layers.Dense(3),
            keras.layers.Softmax(),
        ]
    )
    images = np.random.RandomState(0).random_sample((300, 5, 4, 1)).astype("float32")
    labels = np.arange(300) % 3
    weights = [w.copy() for w in model.get_weights()]
    signs = find_gradient_signs(model, images, labels)
    assert signs.shape == images.shape
    parts = [find_gradient_signs(model, images[i : i + 1], labels[i : i + 1]) for i in (0, 299)]
    assert np.array_equal(signs[[0, 299]], np.concatenate(parts))
    # Nothing is learnt from the pictures.
    assert all(np.array_equal(a, b) for a, b in zip(weights, model.get_weights(), strict=True))


MODEL = build_dense(seed=1)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"model": "model.keras"}, TypeError, ["model", "Keras model", "str"]),
        (
            {"model": keras.Sequential([keras.Input((28, 28))])},
            ValueError,
            ["model", "num_classes"],
        ),
        (
            {"model": keras.Sequential([keras.Input((28, 28)), *build_dense().layers[:-1]])},
            ValueError,
            ["model", "softmax", "hidden_2"],
        ),
        ({"images": np.uint8(IMAGES)}, TypeError, ["images", "uint8", "255"]),
        ({"images": IMAGES * 255}, ValueError, ["images", "[0, 1]", "255"]),
        ({"images": IMAGES[0]}, ValueError, ["images", "image[None]"]),
        ({"images": IMAGES[:, :14]}, ValueError, ["images", "(N, 28, 28)", "(6, 14, 28)"]),
        ({"labels": LABELS[:5]}, ValueError, ["labels", "(6,)", "(5,)"]),
        ({"labels": LABELS + 4}, ValueError, ["labels", "from 0 to 9", "13"]),
        ({"labels": LABELS / 2}, TypeError, ["labels", "whole-number", "float64"]),
        ({"epsilon": 2}, ValueError, ["epsilon", "from 0 to 1", "2"]),
        ({"epsilon": float("nan")}, ValueError, ["epsilon", "nan"]),
        ({"target": 10}, ValueError, ["target", "from 0 to 9", "10"]),
        ({"target": 1.5}, TypeError, ["target", "whole number"]),
    ],
)
def test_bad_arguments_are_named(change, error, words):
    given = {"model": MODEL, "images": IMAGES, "labels": LABELS, "epsilon": 0.1, **change}
    model, images, labels = (given.pop(name) for name in ("model", "images", "labels"))
    with pytest.raises(error) as caught:
        perturb_fast_gradient(model, images, labels, **given)
    assert all(word in str(caught.value) for word in words), caught.value
