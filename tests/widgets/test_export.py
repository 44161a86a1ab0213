"""Models become files for the page, or an error that names what is in the way."""

import json
import struct

import keras
import numpy as np
import pytest
from keras import layers

from labhelpers.models.shape_networks import build_hourglass, build_linear, build_vertex_regressor
from labhelpers.widgets import export_model, pack_model
from labhelpers.widgets.export import read_header


def chain(*parts, size=8, channels=1):
    return keras.Sequential([keras.Input((size, size, channels)), *parts])


def test_a_file_is_a_header_and_float16_kernels(tmp_path):
    model = build_linear(seed=1)
    path = tmp_path / "linear.bin"
    size = export_model(model, path)
    packed = path.read_bytes()
    assert size == len(packed)
    assert packed == pack_model(model)
    header = read_header(packed)
    assert header["input"] == [72, 72, 1]
    assert header["output"] == [3]
    assert [layer["kind"] for layer in header["layers"]] == ["reshape", "dense"]
    assert header["bytes"] == 2 * 15_552 + 4 * 3
    kernel = np.frombuffer(packed, "<f2", 15_552, len(packed) - header["bytes"])
    right = model.get_weights()[0]
    # One of the two neighbours of each weight, and hardly an error in any sum.
    np.testing.assert_allclose(kernel, right.ravel(), rtol=2**-9, atol=1e-4)
    errors = (kernel.astype("float64").reshape(right.shape) - right).cumsum(axis=0)
    assert abs(errors).max() < 2**-11 * abs(right).max()


def test_small_kernels_stay_as_they_are():
    model = chain(layers.Conv2D(4, 5))
    packed = pack_model(model)
    kernel = np.frombuffer(packed, "<f4", 100, len(packed) - read_header(packed)["bytes"])
    np.testing.assert_array_equal(kernel, model.get_weights()[0].ravel())


def test_what_float16_can_hold_is_stored_as_it_is():
    model = chain(layers.Conv2D(4, 5))
    model.set_weights([w.astype("float16") for w in model.get_weights()])
    packed = pack_model(model)
    kernel = np.frombuffer(packed, "<f2", 100, len(packed) - read_header(packed)["bytes"])
    np.testing.assert_array_equal(kernel, model.get_weights()[0].ravel())


def test_the_hourglass_fits_a_widget():
    assert len(pack_model(build_hourglass())) < 200_000


def test_batch_normalisation_becomes_a_factor_and_a_shift():
    model = chain(layers.BatchNormalization(epsilon=0.01), channels=2)
    model.layers[0].set_weights(np.array([[2, 3], [4, 5], [6, 7], [0.24, 0.35]]))
    packed = pack_model(model)
    found = np.frombuffer(packed[-16:], "<f4")
    np.testing.assert_allclose(found, [4, 5, 4 - 6 * 4, 5 - 7 * 5], rtol=1e-6)


def test_what_does_nothing_in_use_is_left_out():
    model = chain(layers.Dropout(0.5), layers.GaussianNoise(0.1), layers.Flatten())
    assert [layer["kind"] for layer in read_header(pack_model(model))["layers"]] == ["reshape"]


def branching():
    image = keras.Input((8, 8, 1))
    wide = layers.Conv2D(2, 3, padding="same", name="wide")(image)
    both = layers.Concatenate(name="both")([image, wide])
    return keras.Model(image, layers.LSTM(2, name="later")(layers.Reshape((8, 24))(both)))


def skipping():
    image = keras.Input((8, 8, 2))
    used = layers.Conv2D(2, 3, padding="same", name="used")(image)
    aside = layers.Conv2D(2, 1, name="aside")(image)
    return keras.Model(image, [layers.Flatten()(used), layers.Flatten()(aside)])


def forking():
    first, second = keras.Input((8, 8, 1)), keras.Input((8, 8, 1))
    return keras.Model([first, second], layers.Concatenate()([first, second]))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            branching,
            "the layer 'both', a Concatenate, which the page does not know. It knows Dense",
        ),
        (
            lambda: chain(layers.Conv2D(2, 3), layers.SeparableConv2D(2, 3, name="odd")),
            "the layer 'odd', a SeparableConv2D",
        ),
        (skipping, "one input and one output, but .* has 1 and 2"),
        (forking, "one input and one output, but .* has 2 and 1"),
        (lambda: chain(layers.Conv2D(2, 3, dilation_rate=2, name="c")), "'c' with dilation_rate"),
        (lambda: chain(layers.Conv2D(2, 3, groups=1, activation="mish")), "activation='mish'"),
        (lambda: chain(layers.UpSampling2D(2, interpolation="bilinear")), "interpolation='bilin"),
        (lambda: chain(layers.BatchNormalization(axis=1)), "axis=1"),
        (lambda: chain(layers.ReLU(max_value=3)), "max_value or threshold"),
        (lambda: chain(layers.Conv2D(1, 3), size=None), "must take images of one size"),
        (lambda: keras.Sequential([layers.Dense(2)]), "must be built"),
    ],
)
def test_what_the_page_cannot_run_is_named(make, said):
    with pytest.raises(ValueError, match=said):
        pack_model(make())


@pytest.mark.parametrize("thing", [None, "model.keras", np.zeros(3), layers.Dense(2)])
def test_what_is_no_model_is_refused(thing):
    with pytest.raises(TypeError, match="model must be a Keras model"):
        pack_model(thing)


@pytest.mark.parametrize("value", [np.nan, np.inf, 70_000.0])
def test_weights_that_float16_cannot_hold_are_refused(value):
    model = chain(layers.Flatten(), layers.Dense(1, name="big"), size=101)
    model.set_weights([np.full((101 * 101, 1), value), np.zeros(1)])
    with pytest.raises(ValueError, match="weights in the layer 'big' that are not finite, or too"):
        pack_model(model)


def test_a_layer_used_twice_is_refused():
    image = keras.Input((8, 8, 1))
    twice = layers.Conv2D(1, 3, padding="same", name="twice")
    model = keras.Model(image, layers.Flatten(name="flat")(twice(twice(image))))
    with pytest.raises(ValueError, match="'flat' does not take what 'twice' gives"):
        pack_model(model)


@pytest.mark.parametrize("cut", [0, 3, 7, 60, -1])
def test_a_file_that_is_cut_short_is_refused(cut):
    with pytest.raises(ValueError, match="packed must be what export_model wrote"):
        read_header(pack_model(build_linear(8))[:cut])


def test_the_same_model_gives_the_same_file():
    assert pack_model(build_linear(8, seed=3)) == pack_model(build_linear(8, seed=3))
    packed = pack_model(build_linear(8, seed=3))
    end = 8 + struct.unpack("<I", packed[4:8])[0]
    assert json.loads(packed[8:end])["format"] == 1


def test_a_large_network_is_no_trouble():
    assert len(pack_model(build_vertex_regressor())) == pytest.approx(2 * 8_160_134, rel=0.01)
