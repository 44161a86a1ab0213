"""The fused batch normalisation is Keras' own, within rounding."""

import keras
import numpy as np
import pytest
from tiny_problems import fit

from labhelpers.training.fitting.fused_norm import fuse_batch_norm


def build(shape=(6, 6, 3), **options) -> keras.Model:
    model = keras.Sequential([keras.Input(shape), keras.layers.BatchNormalization(**options)])
    stream = np.random.RandomState(0)
    model.set_weights([stream.rand(*w.shape) + 0.5 for w in model.get_weights()])
    return model


def train_once(model: keras.Model, images: np.ndarray, *, fused: bool) -> list[np.ndarray]:
    """One step of a loss that no weight is blind to; returns outputs and weights."""
    model.compile(keras.optimizers.SGD(0.1), "mse")
    labels = np.random.RandomState(1).rand(*images.shape).astype("float32")
    if fused:
        with fuse_batch_norm(model):
            outputs = model(images, training=True)
            model.train_on_batch(images, labels)
        assert "call" not in vars(model.layers[-1])
    else:
        outputs = model(images, training=True)
        model.train_on_batch(images, labels)
    return [np.asarray(outputs), *model.get_weights()]


IMAGES = np.random.RandomState(2).randn(16, 6, 6, 3).astype("float32") * 2 + 1


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"momentum": 0.6, "epsilon": 1e-2},
        {"scale": False},
        {"center": False},
        {"scale": False, "center": False, "axis": 3},
        {"axis": 1},
        {"epsilon": 1e-7},
        {"trainable": False},
    ],
)
def test_outputs_gradients_and_averages_are_the_same(options):
    ours = train_once(build(**options), IMAGES, fused=True)
    plain = train_once(build(**options), IMAGES, fused=False)
    for a, b in zip(ours, plain, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_gradients_to_the_layers_before_are_the_same():
    weights = []
    for fused in (True, False):
        keras.utils.set_random_seed(0)
        model = keras.Sequential(
            [keras.Input((6, 6, 3)), keras.layers.Conv2D(3, 1), *build().layers]
        )
        weights.append(train_once(model, IMAGES, fused=fused))
    for a, b in zip(*weights, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_one_value_a_channel_has_no_variance():
    images = np.ones((1, 1, 1, 3), "float32")
    weights = train_once(build((1, 1, 3)), images, fused=True)
    assert all(np.isfinite(w).all() for w in weights)


def test_flat_inputs_and_predictions_are_left_alone():
    model = build((5,))
    images = np.random.RandomState(3).rand(7, 5).astype("float32")
    plain = model.predict(images, verbose=0)
    with fuse_batch_norm(model):
        assert "call" not in vars(model.layers[-1])
        np.testing.assert_allclose(np.asarray(model(images)), plain, atol=1e-6)


def test_it_is_given_back_when_something_fails():
    model = build()
    with pytest.raises(RuntimeError, match="broken"), fuse_batch_norm(model):
        raise RuntimeError("broken")
    assert "call" not in vars(model.layers[-1])


def test_a_model_can_be_saved_and_fitted_again_afterwards(tmp_path):
    model = build()
    labels = IMAGES[:, :, ::-1]
    fit(model, (IMAGES, labels), loss="mse", metrics=None, batch_size=8)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(
        model.predict(IMAGES, verbose=0), again.predict(IMAGES, verbose=0), atol=1e-6
    )
    fit(again, (IMAGES, labels), loss="mse", metrics=None, batch_size=8)
