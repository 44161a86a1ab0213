"""What a chapter's cells must not, and must, be told beside their results."""

import logging
import warnings

import keras
import numpy as np
import pytest

from labhelpers.training import fit_model


def fit_once(images):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, activation="softmax")])
    labels = np.arange(len(images)) % 2
    fit_model(
        model,
        (images, labels),
        epochs=1,
        batch_size=4,
        optimizer="sgd",
        loss="sparse_categorical_crossentropy",
        jit_compile=False,
        show_progress=False,
    )
    return model


def test_many_models_in_a_row_are_not_called_a_mistake(caplog):
    images = np.linspace(0, 1, 40, dtype="float32").reshape(10, 4)
    with caplog.at_level(logging.WARNING, logger="tensorflow"):
        for _ in range(8):
            fit_once(images).predict(images, verbose=0)
    assert "retracing" not in caplog.text


def test_other_warnings_of_the_backend_still_come(caplog):
    fit_once(np.zeros((4, 4), dtype="float32"))
    with caplog.at_level(logging.WARNING, logger="tensorflow"):
        logging.getLogger("tensorflow").warning("something else")
    assert "something else" in caplog.text


def test_unscaled_images_are_warned_of_at_the_caller_s_line():
    with pytest.warns(UserWarning, match="go up to 255") as caught:
        fit_once(np.full((4, 4), 255, dtype="float32"))
    ours = [entry for entry in caught if "go up to" in str(entry.message)]
    assert [entry.filename for entry in ours] == [__file__]


def test_scaled_images_are_not_warned_of():
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        fit_once(np.ones((4, 4), dtype="float32"))
