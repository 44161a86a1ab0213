"""Networks in the page give what Keras gives."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from engine import restore, run_in_page
from keras import layers

from labhelpers.authoring.widget_weights.train_shapes import build_corner_finder
from labhelpers.data import make_denoising_pairs, make_shapes, make_triangles
from labhelpers.models.shape_networks import (
    build_global_pool_cnn,
    build_hourglass,
    build_linear,
    build_small_cnn,
)
from labhelpers.widgets.export import pack_model
from labhelpers.widgets.package_files import read_weights

NUM_IMAGES = 1_000
BUILDERS = {
    "linear": build_linear,
    "small_cnn": build_small_cnn,
    "global_pool_cnn": build_global_pool_cnn,
    "hourglass": build_hourglass,
    "corner_finder": build_corner_finder,
}


CLASSIFIERS = ("linear", "small_cnn", "global_pool_cnn")


def draw_inputs(name):
    if name == "hourglass":
        return make_denoising_pairs(NUM_IMAGES, noise=(0.0, 400.0), seed=77)[0]
    if name == "corner_finder":
        return make_triangles(NUM_IMAGES, noise=20.0, seed=77)[0]
    return make_shapes(NUM_IMAGES, free=True, noise=20.0, seed=77)[0]


@pytest.mark.parametrize("name", BUILDERS)
def test_the_networks_of_the_package_answer_in_the_page_as_in_keras(page, name):
    packed = read_weights(name)
    model = restore(BUILDERS[name](), packed)
    images = draw_inputs(name)
    right = model.predict(images, verbose=0).reshape(NUM_IMAGES, -1)
    found = run_in_page(page, packed, images)
    assert np.abs(found - right).max() < 2e-3
    if name in CLASSIFIERS:
        assert (found.argmax(1) == right.argmax(1)).mean() >= 0.999
    elif name == "hourglass":
        assert ((found > 0.5) == (right > 0.5)).mean() >= 0.999
    # And the answers are worth comparing: they are no constant.
    assert right.std() > 0.05


@pytest.mark.parametrize(("name", "seed"), [*((name, 1) for name in BUILDERS), ("small_cnn", 2)])
def test_networks_in_float32_answer_in_the_page_as_in_keras(page, name, seed):
    model = restore(BUILDERS[name](), read_weights(name))
    # Weights as training leaves them: anywhere between two that float16 can hold.
    random = np.random.RandomState(seed)
    weights = [
        w + (random.random_sample(w.shape) - 0.5) * np.spacing(np.abs(w).astype("float16"))
        for w in model.get_weights()
    ]
    model.set_weights(weights)
    images = draw_inputs(name)
    right = model.predict(images, verbose=0).reshape(NUM_IMAGES, -1)
    found = run_in_page(page, pack_model(model), images)
    assert np.abs(found - right).max() < 2e-3
    if name in CLASSIFIERS:
        assert (found.argmax(1) == right.argmax(1)).mean() >= 0.999


def test_a_network_fresh_from_training_answers_in_the_page_as_in_keras(page):
    images, labels = make_shapes(2_000, free=True, noise=20.0, seed=5)
    model = build_small_cnn(seed=5)
    model.compile(keras.optimizers.Adam(2e-3), "sparse_categorical_crossentropy")
    model.fit(images, labels, batch_size=32, epochs=3, verbose=0)
    shown = draw_inputs("small_cnn")
    right = model.predict(shown, verbose=0)
    found = run_in_page(page, pack_model(model), shown)
    assert np.abs(found - right).max() < 2e-3
    assert (found.argmax(1) == right.argmax(1)).mean() >= 0.999
    assert right.std() > 0.05


def conv(filters, kernel, **options):
    return layers.Conv2D(filters, kernel, bias_initializer="random_normal", **options)


CHAINS = {
    "strides and same padding": lambda: [conv(6, 3, strides=2, padding="same"), conv(5, (2, 3))],
    "uneven strides": lambda: [conv(4, (4, 3), strides=(3, 2), padding="same")],
    "uneven valid strides": lambda: [conv(3, (2, 5), strides=(2, 3), activation="tanh")],
    "no bias": lambda: [conv(7, 3, use_bias=False, activation="relu")],
    "transposed": lambda: [layers.Conv2DTranspose(5, 3, strides=2, padding="same")],
    "transposed, even kernel": lambda: [layers.Conv2DTranspose(3, 4, strides=2, padding="same")],
    "transposed, valid": lambda: [layers.Conv2DTranspose(4, (3, 2), strides=(2, 1))],
    "transposed, wide steps": lambda: [layers.Conv2DTranspose(2, 2, strides=3, padding="same")],
    "pools": lambda: [layers.MaxPooling2D(2), layers.AveragePooling2D(2)],
    "pools, same": lambda: [
        layers.MaxPooling2D(3, strides=2, padding="same"),
        layers.AveragePooling2D((3, 2), strides=(2, 2), padding="same"),
    ],
    "stride of one": lambda: [layers.MaxPooling2D(2, strides=1), layers.AveragePooling2D(3, 1)],
    "up": lambda: [layers.UpSampling2D((2, 3)), conv(2, 3)],
    "normalised": lambda: [conv(6, 3), layers.BatchNormalization(), layers.Activation("elu")],
    "normalised, bare": lambda: [layers.BatchNormalization(center=False, scale=False)],
    "global max": lambda: [conv(6, 3), layers.GlobalMaxPooling2D(), layers.Dense(4)],
    "global average": lambda: [layers.GlobalAveragePooling2D(keepdims=True), conv(2, 1)],
    "dense on images": lambda: [layers.Dense(5, activation="gelu"), layers.Softmax()],
    "nested": lambda: [
        keras.Sequential([conv(4, 3, activation="silu"), layers.Flatten()]),
        layers.Dropout(0.5),
        layers.Dense(6, activation="softmax"),
    ],
    "rescaled": lambda: [layers.Rescaling(1 / 7, offset=-0.3), layers.Reshape((55, 6))],
    "bends": lambda: [
        *(layers.LeakyReLU(negative_slope=0.1), layers.ReLU(max_value=6), layers.ReLU()),
        layers.ReLU(negative_slope=0.2),
    ],
    **{
        name: lambda name=name: [layers.Dense(4), layers.Activation(name)]
        for name in ("relu6", "leaky_relu", "selu", "sigmoid", "softplus", "linear")
    },
}


@pytest.mark.parametrize("name", CHAINS)
def test_every_layer_gives_what_keras_gives(page, name):
    keras.utils.set_random_seed(5)
    model = keras.Sequential([keras.Input((11, 10, 3)), *CHAINS[name]()])
    random = np.random.RandomState(2)
    model.set_weights([w + random.uniform(0.01, 0.5, w.shape) for w in model.get_weights()])
    images = random.normal(size=(4, 11, 10, 3)).astype("float32")
    right = keras.ops.convert_to_numpy(model(images, training=False)).reshape(4, -1)
    found = run_in_page(page, pack_model(model), images)
    assert found.shape == right.shape
    # What float16 weights leave of it.
    assert np.abs(found - right).max() < 2e-3 * max(np.abs(right).max(), 1)


def test_a_functional_model_runs_too(page):
    image = keras.Input((8, 8, 1))
    model = keras.Model(image, layers.Dense(2)(layers.Flatten()(conv(3, 3)(image))))
    images = np.random.RandomState(0).random_sample((3, 8, 8, 1)).astype("float32")
    right = keras.ops.convert_to_numpy(model(images))
    assert run_in_page(page, pack_model(model), images) == pytest.approx(right, abs=2e-3)


@pytest.mark.parametrize("bad", [b"", b"LBN1", b"none at all", "short", "long", "newer"])
def test_bad_weights_are_refused_with_a_reason(page, bad):
    packed = pack_model(keras.Sequential([keras.Input((4, 4, 1)), layers.Flatten()]))
    packed = {
        "short": packed[:-9],
        "long": packed + b"0",
        "newer": packed.replace(b'"format":1', b'"format":9'),
    }.get(bad, bad)
    with pytest.raises(Exception, match=r"its network (is|was)"):
        run_in_page(page, packed, np.zeros((1, 4, 4, 1)))
