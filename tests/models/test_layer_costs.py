"""Multiply-adds, layer by layer, beside what is counted by hand."""

import keras
import pytest

from labhelpers.models import build_compact_cnn, build_hourglass, count_multiply_adds
from labhelpers.models.layer_costs import list_layers


def test_a_padded_network_by_hand():
    counted = {layer.name: count_multiply_adds(layer) for layer in build_compact_cnn().layers}
    assert counted.pop("conv_1") == 28 * 28 * 3 * 3 * 1 * 32
    assert counted.pop("conv_2") == 14 * 14 * 3 * 3 * 32 * 32
    assert counted.pop("probabilities") == 7 * 7 * 32 * 10
    assert set(counted.values()) == {0}


@pytest.mark.parametrize(
    ("layer", "shape", "by_hand"),
    [
        (keras.layers.Conv2D(4, 3, strides=2), (9, 9, 5), 4 * 4 * 3 * 3 * 5 * 4),
        (keras.layers.Conv1D(2, 5), (12, 3), 8 * 5 * 3 * 2),
        (keras.layers.Dense(7), (6, 5), 6 * 5 * 7),
        (keras.layers.BatchNormalization(), (6, 6, 3), 0),
        (keras.layers.MaxPooling2D(2), (6, 6, 3), 0),
    ],
)
def test_layers_by_hand(layer, shape, by_hand):
    keras.Sequential([keras.Input(shape), layer])
    assert count_multiply_adds(layer) == by_hand


def test_nested_layers_are_listed():
    inner = build_hourglass()
    outer = keras.Sequential([keras.Input((72, 72, 1)), inner])
    assert set(inner.layers) <= set(list_layers(outer))
