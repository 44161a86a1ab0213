"""A multilayer perceptron in NumPy and nothing else: back-propagation, to be read whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from labhelpers.training.by_hand import numpy_arguments as checks

Arrays = list[np.ndarray]


@dataclass
class NumpyNetwork:
    """Dense layers, each followed by `activation`, the last one by softmax."""

    weights: Arrays  # one (inputs, units) a layer
    biases: Arrays  # one (units,) a layer
    activation: str  # "sigmoid" or "relu"

    def __post_init__(self) -> None:
        checks.check_layers(self.weights, self.biases)


def make_numpy_network(
    widths: Sequence[int],
    *,
    activation: str = "sigmoid",
    initialisation: str = "glorot",
    dtype: str = "float32",
    seed: int,
) -> NumpyNetwork:
    """Makes a network with fresh weights, and biases of 0.

    Args:
        widths: Number of inputs, then the units of each layer.
        activation: "sigmoid" or "relu", of the hidden layers.
        initialisation: "zero", "normal" (deviation 1), or "glorot": uniform up to
            sqrt(6 / (inputs + units)), after Glorot and Bengio (2010).
        dtype: "float32"; "float64" to check gradients.
        seed: Of the weights.
    """
    checks.check_design(widths, activation, initialisation, dtype)
    stream, weights = np.random.RandomState(seed), []
    for shape in pairwise(widths):
        if initialisation == "zero":
            drawn = np.zeros(shape)
        elif initialisation == "normal":
            drawn = stream.normal(size=shape)
        else:
            drawn = stream.uniform(-1, 1, size=shape) * (6 / sum(shape)) ** 0.5
        weights.append(drawn.astype(dtype))
    return NumpyNetwork(weights, [np.zeros(n, dtype) for n in widths[1:]], activation)


def run_forward(network: NumpyNetwork, images: np.ndarray) -> Arrays:
    """Returns the values of every layer: the input (N, inputs) first, probabilities last."""
    values = [checks.flatten_images(images, network.weights[0])]
    for weight, bias in zip(network.weights, network.biases, strict=True):
        z = values[-1] @ weight
        z += bias
        if len(values) == len(network.weights):  # softmax: a shift guards against overflow
            z -= z.max(axis=1, keepdims=True)
            np.exp(z, out=z)
            z /= z.sum(axis=1, keepdims=True)
        elif network.activation == "relu":
            np.maximum(z, 0, out=z)
        else:  # the sigmoid is (1 + tanh(z / 2)) / 2, which cannot overflow
            z *= 0.5
            np.tanh(z, out=z)
            z += 1
            z *= 0.5
        values.append(z)
    return values


def run_backward(
    network: NumpyNetwork, values: Arrays, labels: np.ndarray, *, times: float = 1.0
) -> tuple[Arrays, Arrays]:
    """Returns `times` the gradients of the mean cross-entropy, in weights and in biases."""
    delta = values[-1].copy()  # dL/dz for softmax and cross-entropy is (p - t) / N
    delta[np.arange(len(labels)), labels] -= 1
    delta *= times / len(labels)
    weight_slopes, bias_slopes = [], []
    for weight, value in zip(reversed(network.weights), reversed(values[:-1]), strict=True):
        weight_slopes.insert(0, value.T @ delta)
        bias_slopes.insert(0, delta.sum(axis=0))
        if value is not values[0]:
            delta = delta @ weight.T
            delta *= value > 0 if network.activation == "relu" else value * (1 - value)
    return weight_slopes, bias_slopes


def measure_loss(network: NumpyNetwork, images: np.ndarray, labels: np.ndarray) -> float:
    """Mean cross-entropy over images (N, ...) with labels (N,), without any penalty."""
    labels = checks.check_labels(labels, images, network.biases[-1])
    given = run_forward(network, images)[-1][np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(given, np.finfo(given.dtype).tiny)).mean(dtype=float))


def measure_penalty(network: NumpyNetwork, l2: float) -> float:
    """The share of the squared weights in the regularised loss: l2 / 2 times their sum."""
    return l2 / 2 * sum(float((weight**2).sum(dtype=float)) for weight in network.weights)


def fit_numpy_network(
    network: NumpyNetwork,
    train: tuple[np.ndarray, np.ndarray],
    *,
    epochs: int,
    batch_size: int,
    rate: float,
    rate_decay: float = 0.0,
    l2: float = 0.0,
    seed: int,
) -> Iterator[int]:
    """Trains by mini-batch gradient descent, at the rate a / (1 + d t) in step t.

    Yields the number of each finished epoch, from 1.

    Args:
        network: Changed in place.
        train: Images (N, ...), uint8 or floats in [0, 1], and labels (N,) int.
        epochs: Times to go through the images, each in a fresh order.
        batch_size: Images a step; the last batch may be smaller.
        rate: a above.
        rate_decay: d above.
        l2: Weight of the penalty on the weights; biases go free.
        seed: Of the orders.
    """
    checks.check_settings(epochs, batch_size, rate, rate_decay, l2)
    images, labels = train
    labels = checks.check_labels(labels, images, network.biases[-1])
    stream, step = np.random.RandomState(seed), 0
    for epoch in range(1, epochs + 1):
        order = stream.permutation(len(labels))
        for chosen in np.split(order, range(batch_size, len(order), batch_size)):
            stride = rate / (1 + rate_decay * step)
            values = run_forward(network, images[chosen])
            moves = run_backward(network, values, labels[chosen], times=stride)
            for weight, move in zip(network.weights, moves[0], strict=True):
                if l2:
                    weight *= 1 - stride * l2
                weight -= move
            for bias, move in zip(network.biases, moves[1], strict=True):
                bias -= move
            step += 1
        yield epoch
