"""The NumPy network: exact gradients, the same as the frameworks', and what cannot train."""

from importlib.util import find_spec

import keras
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from labhelpers.training.by_hand import numpy_network as nn
from labhelpers.training.by_hand.numpy_network import fit_numpy_network, make_numpy_network

STREAM = np.random.RandomState(0)
IMAGES = STREAM.uniform(size=(12, 3, 2))
LABELS = STREAM.randint(0, 4, size=12)


def find_slopes(network, images, labels):
    return nn.run_backward(network, nn.run_forward(network, images), labels)


def find_nearest_bend(network, images):
    """The least distance of a hidden unit's sum from 0, where relu has no derivative."""
    values = nn.run_forward(network, images)
    layers = zip(values, network.weights[:-1], network.biases[:-1], strict=False)
    return min((np.abs(v @ w + b).min() for v, w, b in layers), default=1.0)


def differ_centrally(network, images, labels, array, place, step=1e-5):
    """(L(w + h) - L(w - h)) / 2h."""
    kept, losses = array[place], []
    for shifted in (kept + step, kept - step):
        array[place] = shifted
        losses.append(nn.measure_loss(network, images, labels))
    array[place] = kept
    return (losses[0] - losses[1]) / (2 * step)


@settings(max_examples=25, deadline=None)
@given(
    hidden=st.lists(st.integers(1, 7), max_size=3),
    activation=st.sampled_from(["sigmoid", "relu"]),
    seed=st.integers(0, 999),
)
def test_gradients_agree_with_central_differences_in_every_layer(hidden, activation, seed):
    network = make_numpy_network((6, *hidden, 4), activation=activation, dtype="float64", seed=seed)
    for bias in network.biases:
        bias += np.random.RandomState(seed).uniform(0.1, 0.3, size=bias.shape)
    assume(activation == "sigmoid" or find_nearest_bend(network, IMAGES) > 1e-3)
    weight_slopes, bias_slopes = find_slopes(network, IMAGES, LABELS)
    for arrays, slopes in ((network.weights, weight_slopes), (network.biases, bias_slopes)):
        for array, slope in zip(arrays, slopes, strict=True):
            found = np.array(
                [
                    differ_centrally(network, IMAGES, LABELS, array, place)
                    for place in np.ndindex(array.shape)
                ]
            ).reshape(array.shape)
            scale = max(np.linalg.norm(found), np.linalg.norm(slope), 1e-3)
            assert np.linalg.norm(found - slope) / scale < 1e-7


def measure_in(tensors, rows, targets, bend, log_softmax):
    """The parts of the network's mean cross-entropy, in a framework's own operations."""
    values = rows @ tensors[0] + tensors[1]
    for weight, bias in zip(tensors[2::2], tensors[3::2], strict=True):
        values = bend(values) @ weight + bias
    return -log_softmax(values) * targets / len(targets)


def differentiate_by_jax(arrays, data, activation):
    import jax

    bend = {"sigmoid": jax.nn.sigmoid, "relu": jax.nn.relu}[activation]
    tensors = [jax.numpy.asarray(array) for array in arrays]
    return jax.grad(lambda given: measure_in(given, *data, bend, jax.nn.log_softmax).sum())(tensors)


def differentiate_by_torch(arrays, data, activation):
    import torch

    bend = {"sigmoid": torch.sigmoid, "relu": torch.relu}[activation]
    tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
    loss = measure_in(tensors, *map(torch.tensor, data), bend, torch.nn.LogSoftmax(dim=1))
    loss.sum().backward()
    return [tensor.grad for tensor in tensors]


def differentiate_by_tensorflow(arrays, data, activation):
    import tensorflow as tf

    bend = {"sigmoid": tf.sigmoid, "relu": tf.nn.relu}[activation]
    tensors = [tf.Variable(array) for array in arrays]
    with tf.GradientTape() as tape:
        parts = measure_in(tensors, *map(tf.constant, data), bend, tf.nn.log_softmax)
    return tape.gradient(parts, tensors)  # of their sum


FRAMEWORKS = {
    "jax": differentiate_by_jax,
    "tensorflow": differentiate_by_tensorflow,
    "torch": differentiate_by_torch,
}


@pytest.mark.parametrize("framework", [name for name in FRAMEWORKS if find_spec(name)])
@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_gradients_are_those_of_the_frameworks_that_are_installed(activation, framework):
    ours = make_numpy_network((6, 5, 3, 4), activation=activation, seed=1)
    rows, targets = IMAGES.reshape(12, 6).astype("float32"), np.eye(4, dtype="float32")[LABELS]
    arrays = [a for pair in zip(ours.weights, ours.biases, strict=True) for a in pair]
    theirs = FRAMEWORKS[framework](arrays, (rows, targets), activation)
    weight_slopes, bias_slopes = find_slopes(ours, rows, LABELS)
    for slope, their_slope in zip(
        weight_slopes + bias_slopes, theirs[::2] + theirs[1::2], strict=True
    ):
        np.testing.assert_allclose(slope, np.asarray(their_slope), atol=1e-6)


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_one_step_is_that_of_keras(activation):
    ours = make_numpy_network((6, 5, 3, 4), activation=activation, seed=1)
    model = keras.Sequential(
        [
            keras.Input((6,)),
            keras.layers.Dense(5, activation=activation),
            keras.layers.Dense(3, activation=activation),
            keras.layers.Dense(4, activation="softmax"),
        ]
    )
    model.set_weights([a for pair in zip(ours.weights, ours.biases, strict=True) for a in pair])
    before = [weight.copy() for weight in ours.weights]
    model.compile(keras.optimizers.SGD(1.0), "sparse_categorical_crossentropy")
    rows = IMAGES.reshape(12, 6).astype("float32")
    model.fit(rows, LABELS, batch_size=12, epochs=1, verbose=0)
    slopes, bias_slopes = find_slopes(ours, rows, LABELS)
    moved = model.get_weights()
    for old, new, slope in zip(before, moved[::2], slopes, strict=True):
        np.testing.assert_allclose(old - new, slope, atol=1e-6)
    for new, slope in zip(moved[1::2], bias_slopes, strict=True):
        np.testing.assert_allclose(-new, slope, atol=1e-6)


def test_bytes_and_their_floats_train_the_same():
    images = STREAM.randint(0, 256, size=(40, 6)).astype("uint8")
    labels, networks = STREAM.randint(0, 4, size=40), []
    for given_images in (images, np.float32(images) / 255):
        network = make_numpy_network((6, 5, 4), seed=0)
        options = {"epochs": 3, "batch_size": 16, "rate": 0.5, "l2": 1e-3, "seed": 0}
        assert list(fit_numpy_network(network, (given_images, labels), **options)) == [1, 2, 3]
        networks.append(network)
    for ours, theirs in zip(*(network.weights for network in networks), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_a_step_is_the_rule_as_written():
    """One batch: w - rate (slope + l2 w), and the rate of the second step is a / (1 + d)."""
    network = make_numpy_network((6, 4), dtype="float64", seed=0)
    weight, bias = network.weights[0].copy(), network.biases[0].copy()
    training = fit_numpy_network(
        network,
        (IMAGES, LABELS),
        epochs=2,
        batch_size=12,
        rate=0.5,
        rate_decay=0.25,
        l2=0.1,
        seed=0,
    )
    for rate in (0.5, 0.5 / 1.25):
        same = nn.NumpyNetwork([weight], [bias], "sigmoid")
        weight_slopes, bias_slopes = find_slopes(same, IMAGES, LABELS)
        weight = weight - rate * (weight_slopes[0] + 0.1 * weight)
        bias = bias - rate * bias_slopes[0]
        next(training)
        np.testing.assert_allclose(network.weights[0], weight, atol=1e-12)
        np.testing.assert_allclose(network.biases[0], bias, atol=1e-12)


def test_it_learns_and_is_the_same_for_the_same_seed():
    images = STREAM.uniform(size=(400, 2)).astype("float32")
    labels = (images[:, 0] > images[:, 1]).astype(int)
    losses = []
    for _ in range(2):
        network = make_numpy_network((2, 8, 2), activation="relu", seed=3)
        list(
            fit_numpy_network(network, (images, labels), epochs=40, batch_size=20, rate=0.5, seed=3)
        )
        losses.append(nn.measure_loss(network, images, labels))
    assert losses[0] == losses[1] < 0.15


def test_zeros_stay_alike():
    network = make_numpy_network((6, 5, 4), initialisation="zero", seed=0)
    list(fit_numpy_network(network, (IMAGES, LABELS), epochs=5, batch_size=4, rate=1.0, seed=0))
    first = network.weights[0]
    assert np.all(first == first[:, :1])


def test_outputs_far_out_stay_probabilities():
    network = make_numpy_network((6, 5, 4), initialisation="normal", dtype="float32", seed=0)
    for weight in network.weights:
        weight *= 1e4
    probabilities = nn.run_forward(network, IMAGES)[-1]
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert np.isfinite(nn.measure_loss(network, IMAGES, LABELS))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"rate": 0}, ["rate", "above 0", "0"]),
        ({"rate": float("nan")}, ["rate", "above 0", "nan"]),
        ({"epochs": 0}, ["epochs", "at least 1", "0"]),
        ({"batch_size": 2.5}, ["batch_size", "whole number", "2.5"]),
        ({"l2": -1}, ["l2", "at least 0", "-1"]),
        ({"rate_decay": float("inf")}, ["rate_decay", "at least 0", "inf"]),
        ({"train": (IMAGES, LABELS[:-1])}, ["labels", "(12,)", "(11,)"]),
        ({"train": (IMAGES, LABELS + 1)}, ["labels", "0 to 3"]),
        ({"train": (IMAGES, np.eye(4)[LABELS])}, ["labels", "argmax"]),
        ({"train": (IMAGES * 255, LABELS)}, ["images", "0 to 1", "255"]),
        ({"train": (IMAGES * np.nan, LABELS)}, ["images", "finite"]),
        ({"train": (IMAGES[:, :2], LABELS)}, ["images", "6", "(4, 2, 2)"]),
        ({"train": (np.int64(IMAGES), LABELS)}, ["images", "uint8", "int64"]),
    ],
)
def test_what_cannot_train_is_refused_in_a_sentence(change, told):
    options = {"epochs": 1, "batch_size": 4, "rate": 0.1, "seed": 0, "train": (IMAGES, LABELS)}
    options |= change
    with pytest.raises((TypeError, ValueError), match=told[0]) as refused:
        list(fit_numpy_network(make_numpy_network((6, 4), seed=0), options.pop("train"), **options))
    for part in told:
        assert part in str(refused.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"widths": (784,)}, ["widths", "two"]),
        ({"widths": (784, 0, 10)}, ["widths", "at least 1", "at least 1, but 0 came"]),
        ({"activation": "tanh"}, ["activation", "sigmoid", "tanh"]),
        ({"initialisation": "he"}, ["initialisation", "glorot", "he"]),
        ({"dtype": "int8"}, ["dtype", "float64", "int8"]),
    ],
)
def test_a_design_that_is_none_is_refused(change, told):
    with pytest.raises((TypeError, ValueError), match=told[0]) as refused:
        make_numpy_network(**{"widths": (6, 4), "seed": 0} | change)
    for part in told:
        assert part in str(refused.value)


@pytest.mark.parametrize(
    ("weights", "biases", "told"),
    [
        ([(6, 5), (4, 3)], [5, 3], ["layer 2", "takes 4", "has 5 units", "(5, 3)"]),
        ([(6, 5), (5, 4), (3, 2)], [5, 4, 2], ["layer 3", "takes 3", "has 4 units"]),
        ([(6, 5)], [4], ["biases", "(6, 5)", "(4,)"]),
        ([(6, 5)], [5, 4], ["one of each"]),
        ([(6,)], [6], ["(inputs, units)"]),
        ([], [], ["every layer"]),
    ],
)
def test_layers_that_do_not_fit_are_refused(weights, biases, told):
    with pytest.raises(ValueError, match="weights must") as refused:
        nn.NumpyNetwork([*map(np.zeros, weights)], [*map(np.zeros, biases)], "sigmoid")
    for part in told:
        assert part in str(refused.value)
