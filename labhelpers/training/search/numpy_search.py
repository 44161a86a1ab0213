"""The search for settings of the NumPy network: its space, and one trial."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from labhelpers.data.splits import Pair
from labhelpers.training.by_hand.numpy_network import (
    fit_numpy_network,
    make_numpy_network,
    run_forward,
)
from labhelpers.training.search.designs import Between, OneOf, Space

SEARCH_SPACE: Space = MappingProxyType(
    {
        "activation": OneOf(("sigmoid", "relu")),
        "initialisation": OneOf(("normal", "glorot")),
        "batch_size": OneOf((16, 32, 64, 128, 256)),
        "rate": Between(0.03, 30),
        "rate_decay": Between(1e-6, 1e-1),
        "l2": Between(1e-7, 1e-1),
    }
)
"""What `labs sweep` chooses from: names are arguments of the network and of its training."""

SEARCH_WIDTHS = (784, 100, 175, 10)
"""The network that is searched: hidden layers a quarter as wide as the reported 400 and 700."""

_BLOCK = 1000


def train_numpy_setting(
    setting: Mapping[str, Any],
    epochs: int,
    train: Pair,
    validation: Pair,
    *,
    widths: Sequence[int] = SEARCH_WIDTHS,
    seed: int,
) -> Iterator[dict[str, float]]:
    """Trains the NumPy network once, and scores it after each epoch.

    Args:
        setting: A value for each name of `SEARCH_SPACE`.
        epochs: How many.
        train: Images (N, 28, 28), uint8 or floats in [0, 1], and labels (N,).
        validation: The same, for the scores.
        widths: Inputs, then the units of each layer.
        seed: Of the first weights and of the order of the images.

    Yields:
        After each epoch `score` and `loss` on the validation images, and `train_loss` on as many
        of the first training images; losses are mean cross-entropies without the penalty.
    """
    design = {name: setting[name] for name in ("activation", "initialisation")}
    network = make_numpy_network(widths, **design, seed=seed)
    names = ("batch_size", "rate", "rate_decay", "l2")
    values = {name: setting[name] for name in names}
    few = [part[: len(validation[1])] for part in train]
    for _ in fit_numpy_network(network, train, epochs=epochs, seed=seed, **values):
        score, loss = _measure(network, *validation)
        yield {"score": score, "loss": loss, "train_loss": _measure(network, *few)[1]}


def _measure(network: Any, images: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Accuracy and mean cross-entropy, a block at a time: small blocks stay in the cache."""
    right, loss = 0, 0.0
    for start in range(0, len(labels), _BLOCK):
        block = slice(start, start + _BLOCK)
        probabilities = run_forward(network, images[block])[-1]
        right += int((probabilities.argmax(axis=1) == labels[block]).sum())
        given = probabilities[np.arange(len(probabilities)), labels[block]]
        loss -= float(np.log(np.maximum(given, np.finfo(given.dtype).tiny)).sum(dtype=float))
    return right / len(labels), loss / len(labels)
