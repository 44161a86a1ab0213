"""What cannot be fitted is refused in one sentence that says what to do."""

import warnings

import keras
import numpy as np
import pytest
from tiny_problems import build_tiny_dense, fit, make_images

from labhelpers.training import fit_model

IMAGES, LABELS = make_images(60, seed=0)
BROKEN = IMAGES.copy()
BROKEN[7, 3, 3] = np.nan
ONE_HOT = np.eye(3, dtype="float32")[LABELS]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"epochs": 0}, ["epochs", "at least 1", "0", "Start with"]),
        ({"epochs": 2.5}, ["epochs", "whole number", "2.5"]),
        ({"batch_size": 0}, ["batch_size", "at least 1", "0"]),
        ({"batch_size": True}, ["batch_size", "whole number", "True"]),
        ({"batch_size": 61}, ["batch_size", "60", "61", "smaller batch"]),
        ({"patience": 0, "validation": (IMAGES, LABELS)}, ["patience", "at least 1", "0"]),
        ({"patience": 3}, ["patience", "validation", "None"]),
        ({"precision": "float64"}, ["precision", "bfloat16", "float64", "auto"]),
        ({"steps_per_execution": 0}, ["steps_per_execution", "at least 1", "0"]),
        ({"jit_compile": "yes"}, ["jit_compile", "True", "yes"]),
        ({"seed": -1}, ["seed", "0 to", "-1"]),
        ({"callbacks": [print]}, ["callbacks", "keras.callbacks.Callback"]),
        ({"optimizer": keras.optimizers.SGD(0.0)}, ["learning rate", "above 0", "0.0"]),
        ({"optimizer": keras.optimizers.SGD(float("nan"))}, ["learning rate", "nan"]),
        ({"optimizer": keras.optimizers.SGD(-0.1)}, ["learning rate", "-0.1"]),
        ({"optimizer": None}, ["optimizer", "together", "loss"]),
        ({"loss": None}, ["optimizer", "together", "without loss"]),
        ({"optimizer": None, "loss": None}, ["metrics", "optimizer"]),
        ({"optimizer": None, "loss": None, "metrics": None}, ["optimizer", "not compiled"]),
        ({"loss": "categorical_crossentropy"}, ["labels", "one-hot", "(N, 3)", "(60,)", "sparse"]),
        ({"loss": "mse", "metrics": None}, ["labels", "mse", "(60,)", "sparse"]),
        ({"validation": IMAGES}, ["validation", "pair", "(60, 8, 8, 1)"]),
        ({"validation": (IMAGES[:5], LABELS)}, ["validation", "5 images", "60 labels"]),
        ({"validation": (IMAGES[:0], LABELS[:0])}, ["validation images", "at least one"]),
        ({"validation": (IMAGES, LABELS + 1)}, ["validation labels", "0 to 2", "1 to 3"]),
        ({"validation": (IMAGES[:, :7], LABELS)}, ["validation images", "(N, 8, 8, 1)"]),
    ],
)
def test_an_option_that_cannot_be_is_named(options, words):
    with pytest.raises((TypeError, ValueError), match=words[0]) as caught:
        fit(build_tiny_dense(), (IMAGES, LABELS), **options)
    assert all(word in str(caught.value) for word in words), caught.value
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("train", "words"),
    [
        (IMAGES, ["train", "pair (images, labels)", "(60, 8, 8, 1)"]),
        ((IMAGES,), ["train", "pair", "tuple of 1"]),
        ((IMAGES, LABELS[:50]), ["train", "60 images", "50 labels"]),
        ((IMAGES, LABELS.astype(str)), ["train labels", "numbers", "whole numbers first"]),
        ((IMAGES[:0], LABELS[:0]), ["train images", "at least one"]),
        ((BROKEN, LABELS), ["train images", "NaN", "np.isfinite"]),
        ((IMAGES, np.where(LABELS == 1, np.inf, LABELS)), ["train labels", "infinity"]),
        ((IMAGES[..., 0], LABELS), ["train images", "(N, 8, 8, 1)", "np.newaxis"]),
        ((IMAGES.reshape(60, 64), LABELS), ["train images", "(N, 8, 8, 1)", "(60, 64)"]),
        ((IMAGES[:, :, :5], LABELS), ["train images", "(N, 8, 8, 1)", "(60, 8, 5, 1)"]),
        ((IMAGES, LABELS + 1), ["train labels", "0 to 2", "1 to 3", "4 outputs"]),
        ((IMAGES, LABELS - 1), ["train labels", "0 to 2", "-1 to 1"]),
        ((IMAGES, ONE_HOT), ["train labels", "(60, 3)", "categorical_crossentropy"]),
    ],
)
def test_data_that_cannot_be_is_named(train, words):
    with pytest.raises((TypeError, ValueError), match=words[0]) as caught:
        fit(build_tiny_dense(), train, batch_size=20)
    assert all(word in str(caught.value) for word in words), caught.value
    assert "\n" not in str(caught.value)


def test_labels_outside_zero_to_one_are_refused_by_binary_crossentropy():
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    with pytest.raises(ValueError, match="from 0 to 1 for the loss binary_crossentropy"):
        fit(model, (IMAGES, LABELS), loss="binary_crossentropy")


def test_the_loss_is_known_by_its_object_too():
    loss = keras.losses.SparseCategoricalCrossentropy()
    with pytest.raises(ValueError, match="train labels must be from 0 to 2"):
        fit(build_tiny_dense(), (IMAGES, LABELS + 1), loss=loss)


def test_what_is_no_model_is_refused():
    with pytest.raises(ValueError, match="model must be a Keras model, but is a function"):
        fit(build_tiny_dense, (IMAGES, LABELS))


@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_unscaled_images_are_warned_of(dtype):
    pixels = (IMAGES * 255).astype(dtype)
    with pytest.warns(UserWarning, match="Divide the images by 255"):
        fit(build_tiny_dense(), (pixels, LABELS), epochs=1, optimizer=keras.optimizers.SGD(1e-6))


def test_images_that_are_scaled_inside_or_outside_are_not_warned_of():
    pixels = (IMAGES * 255).astype("uint8")
    rescaling = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Rescaling(1 / 255), *build_tiny_dense().layers]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        fit(rescaling, (pixels, LABELS), epochs=1)
        fit(build_tiny_dense(), (IMAGES, LABELS), epochs=1)
        fit(build_tiny_dense(), (IMAGES * 6 - 3, LABELS), epochs=1)


def test_a_refused_fit_leaves_the_model_as_it_was():
    model = build_tiny_dense()
    before = model.get_weights()
    with pytest.raises(ValueError, match="train labels"):
        fit(model, (IMAGES, LABELS + 1))
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_a_rate_that_warms_up_from_zero_is_no_mistake():
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, decay_steps=10, warmup_target=0.1, warmup_steps=5
    )
    run = fit(build_tiny_dense(), (IMAGES, LABELS), optimizer=keras.optimizers.SGD(schedule))
    assert run.epochs == 2


def test_lists_are_taken_as_arrays():
    run = fit_model(
        build_tiny_dense(),
        (IMAGES.tolist(), LABELS.tolist()),
        epochs=1,
        batch_size=30,
        optimizer="sgd",
        loss="sparse_categorical_crossentropy",
        show_progress=False,
    )
    assert run.epochs == 1
