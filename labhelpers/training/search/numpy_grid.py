"""A grid of trials of the NumPy network, as the table that readers move through."""

from collections.abc import Iterable, Sequence

import numpy as np

from labhelpers.models.mnist_dense import build_dense
from labhelpers.training.fitting.loops import Pair
from labhelpers.training.search.sweeps import Outcome
from labhelpers.training.search.training_grid import HyperparameterResults, Task, Trial

_CURVES = ("train_loss", "loss", "score")


def tabulate_grid(
    outcomes: Iterable[Outcome],
    train: Pair,
    validation: Pair,
    *,
    widths: Sequence[int],
    seed: int,
) -> HyperparameterResults:
    """Arranges trials over rates and batch sizes for `show_hyperparameters`.

    What a reader then trains live is the same network in Keras, by plain gradient descent.

    Args:
        outcomes: One for each combination of the rates and the batch sizes among them, of
            `train_numpy_setting`, all of the same epochs.
        train: Images (N, 28, 28) uint8 and labels (N,), for the live training.
        validation: The same, for its scores.
        widths: Inputs, then the units of each layer.
        seed: Of the live training.

    Returns:
        The results; the optimiser is "SGD".

    Raises:
        ValueError: If a combination is missing, or there are two of one.
    """
    found = {(one.setting["batch_size"], one.setting["rate"]): one for one in outcomes}
    sizes, rates = (tuple(sorted(set(values))) for values in zip(*found, strict=True))
    lacking = [(size, rate) for size in sizes for rate in rates if (size, rate) not in found]
    if lacking:
        raise ValueError(
            f"outcomes must hold every combination of batch size and rate, but {lacking[0]} is "
            "missing. Run the whole grid."
        )
    trials = [_make_trial(found[size, rate]) for size in sizes for rate in rates]
    pairs = [(np.multiply(x, 1 / 255, dtype="float32"), y) for x, y in (train, validation)]
    epochs = max(one.epochs for one in found.values())
    task = Task(
        lambda: build_dense(widths[1:-1], activation="sigmoid", seed=seed), *pairs, epochs, seed
    )
    return HyperparameterResults(("SGD",), rates, sizes, tuple(trials), task)


def _make_trial(one: Outcome) -> Trial:
    curves = (tuple(measured[name] for measured in one.history) for name in _CURVES)
    rate, size = one.setting["rate"], one.setting["batch_size"]
    return Trial("SGD", rate, size, *curves, one.seconds, one.failure is not None)
