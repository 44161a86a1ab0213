"""Seeded layers: as Keras makes them, and each with a draw of its own."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labhelpers.models.layers import SeededLayers


def draw_weights(seed):
    seeded = SeededLayers(seed)
    made = [seeded.dense(5, name="first"), seeded.dense(5, name="second")]
    for layer in made:
        layer.build((None, 5))
    return [layer.get_weights()[0] for layer in made]


@given(st.integers(0, 2**40))
@settings(max_examples=20, deadline=None)
def test_a_seed_draws_the_same_again_and_no_two_layers_alike(seed):
    first, second = draw_weights(seed)
    assert not np.array_equal(first, second)
    assert np.array_equal([first, second], draw_weights(seed))


def test_without_a_seed_the_global_one_decides():
    keras.utils.set_random_seed(3)
    once = draw_weights(None)
    keras.utils.set_random_seed(3)
    assert np.array_equal(once, draw_weights(None))


def test_the_first_weights_are_those_of_keras():
    seeded = SeededLayers(1)
    layer, plain = seeded.conv(4, 3, name="conv"), keras.layers.Conv2D(4, 3)
    mine, its = (one.get_config()["kernel_initializer"]["class_name"] for one in (layer, plain))
    assert mine == its == "GlorotUniform"


def test_a_dropout_drops_the_same_again():
    images = np.ones((1, 200), "float32")
    dropped = [SeededLayers(2).dropout(0.5, name="dropout")(images, training=True) for _ in "ab"]
    first, again = map(keras.ops.convert_to_numpy, dropped)
    assert 40 < (first == 0).sum() < 160
    assert np.array_equal(first, again)


@pytest.mark.parametrize("wrong", [-1, 1.5, True, "0"])
def test_what_is_no_seed_is_refused(wrong):
    with pytest.raises((TypeError, ValueError), match="seed must be a whole number"):
        SeededLayers(wrong)
