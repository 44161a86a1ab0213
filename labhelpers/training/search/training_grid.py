"""Trainings over a grid of learning rates, batch sizes and optimisers."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from labhelpers.arguments import check_choice, check_count, check_number
from labhelpers.data.splits import Pair
from labhelpers.models.mnist_dense import build_dense
from labhelpers.training.fitting.fit import fit_model
from labhelpers.training.fitting.run_monitor import TrainingDiverged
from labhelpers.training.search.sweep_files import SweepError
from labhelpers.training.search.sweeps import Outcome, run_sweep
from labhelpers.training.seeds import get_seed, set_seed

OPTIMIZERS: dict[str, Callable[[float], keras.optimizers.Optimizer]] = {
    "SGD": keras.optimizers.SGD,
    "momentum": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    "Adam": keras.optimizers.Adam,
}
"""By the names that `measure_hyperparameters` takes; the momentum is 0.9."""

_FASTEST = 1e6


@dataclass(frozen=True)
class Task:
    """What is trained, always from the same first weights."""

    build: Callable[[], keras.Model]  # a classifier that ends in probabilities
    train: Pair
    validation: Pair  # scored after each epoch
    epochs: int
    seed: int  # of the first weights and of the order of the images


@dataclass(frozen=True)
class HyperparameterResults:
    """What `measure_hyperparameters` found.

    Attributes:
        optimizers: Names, as in `OPTIMIZERS`.
        rates: Learning rates, ascending.
        batch_sizes: Ascending.
        trials: One training for each of their combinations, rates changing fastest.
        task: What was trained.
    """

    optimizers: tuple[str, ...]
    rates: tuple[float, ...]
    batch_sizes: tuple[int, ...]
    trials: tuple[Outcome, ...]
    task: Task = field(repr=False)


def measure_hyperparameters(
    build: Callable[[], keras.Model],
    train: Pair,
    validation: Pair,
    *,
    rates: Sequence[float],
    batch_sizes: Sequence[int],
    optimizers: Sequence[str] = tuple(OPTIMIZERS),
    epochs: int,
    seed: int | None = None,
) -> HyperparameterResults:
    """Trains a classifier with every combination of rate, batch size and optimiser.

    All trainings begin with the same weights and last for the same epochs, so that a smaller
    batch takes more steps. Nothing is printed. The trainings are those of `run_sweep`, so a
    surrounding `joblib.parallel_config` decides where they run.

    Args:
        build: Builds the model; it must end in probabilities.
        train: (images (N, ...), labels (N,)).
        validation: The same, scored after each epoch.
        rates: Learning rates.
        batch_sizes: Images a step.
        optimizers: Names in `OPTIMIZERS`: "SGD", "momentum" (SGD with momentum 0.9) and "Adam".
        epochs: Of each training.
        seed: Of the first weights and of the order; `get_seed()` without.

    Returns:
        The results, to be given to `show_hyperparameters`.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If an argument is out of its range, or a list is empty.
        SweepError: If a training fails for another reason than that it diverges.
    """
    for name, values in (("rates", rates), ("batch_sizes", batch_sizes)):
        if isinstance(values, str) or not len(values) or len(set(values)) != len(values):
            raise ValueError(f"{name} must be a list of different numbers, but {values!r} came.")
    if isinstance(optimizers, str) or not len(optimizers):
        raise ValueError(f"optimizers must be a list of names, but {optimizers!r} came.")
    names = tuple(check_choice("optimizers", name, tuple(OPTIMIZERS)) for name in optimizers)
    rates = tuple(
        sorted(check_number("rates", rate, is_more=True, at_most=_FASTEST) for rate in rates)
    )
    batch_sizes = tuple(sorted(check_count("batch_sizes", size) for size in batch_sizes))
    task = Task(
        build,
        train,
        validation,
        check_count("epochs", epochs),
        get_seed() if seed is None else seed,
    )
    settings = [
        {"optimizer": name, "batch_size": size, "rate": rate}
        for name in names
        for size in batch_sizes
        for rate in rates
    ]
    found = run_sweep(train_setting, settings, data=(task,), rungs=(task.epochs,))
    return _arrange(found.outcomes, task)


def tabulate_grid(
    outcomes: Iterable[Outcome], train: Pair, validation: Pair, *, widths: Sequence[int], seed: int
) -> HyperparameterResults:
    """Arranges trials of the NumPy network over rates and batch sizes for `show_hyperparameters`.

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
        ValueError: If a combination is missing.
        SweepError: If a training failed for another reason than that it diverged.
    """
    outcomes = list(outcomes)
    scaled = [(np.multiply(x, 1 / 255, dtype="float32"), y) for x, y in (train, validation)]
    task = Task(
        lambda: build_dense(widths[1:-1], activation="sigmoid", seed=seed),
        *scaled,
        epochs=max(one.epochs for one in outcomes),
        seed=seed,
    )
    return _arrange(outcomes, task)


def train_setting(
    setting: Mapping[str, Any],
    epochs: int,
    task: Task,
    *,
    on_epoch: Callable[[int, dict[str, float]], None] = lambda epoch, logs: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Iterator[dict[str, float]]:
    """Trains once, as `run_sweep` asks for it; the learning rate is the setting's "rate".

    `on_epoch` is called after each epoch with its number, from 1, and Keras' measures;
    `should_stop` is asked after each execution of steps. Yields at the end, for each epoch, `score`
    and `loss` on the validation data, and `train_loss`; then raises `TrainingDiverged` if the loss
    left the finite numbers.
    """
    optimizer = OPTIMIZERS[check_choice("optimizer", setting["optimizer"], tuple(OPTIMIZERS))]
    rate = check_number("rate", setting["rate"], is_more=True, at_most=_FASTEST)
    batch_size = check_count("batch_size", setting["batch_size"])
    set_seed(task.seed)
    model = task.build()

    def stop_if_asked(batch: int, logs: Any = None) -> None:
        if should_stop():
            model.stop_training = True

    def tell(epoch: int, logs: dict[str, float]) -> None:
        on_epoch(epoch + 1, {name: float(value) for name, value in logs.items()})
        stop_if_asked(0)

    watch = keras.callbacks.LambdaCallback(on_train_batch_end=stop_if_asked, on_epoch_end=tell)
    try:
        history = fit_model(
            model,
            task.train,
            validation=task.validation,
            epochs=epochs,
            batch_size=batch_size,
            optimizer=optimizer(rate),
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
            seed=task.seed,
            callbacks=(watch,),
            show_progress=False,
        ).history
    except TrainingDiverged as error:
        yield from _list_epochs(error.history)
        raise
    yield from _list_epochs(history)


def _list_epochs(history: Mapping[str, Sequence[float]]) -> Iterator[dict[str, float]]:
    curves = (history.get(name, ()) for name in ("val_accuracy", "val_loss", "loss"))
    for measured in zip(*curves, strict=True):
        yield dict(zip(("score", "loss", "train_loss"), measured, strict=True))


def _arrange(outcomes: Iterable[Outcome], task: Task) -> HyperparameterResults:
    """Arranges trainings of all combinations: by optimiser, then batch size, then rate."""
    trials = {}
    for one in outcomes:
        if one.failure and not one.diverged:
            raise SweepError(f"the training with {one.setting} failed: {one.failure}")
        setting = {"optimizer": "SGD", **one.setting}
        trials[setting["optimizer"], setting["batch_size"], setting["rate"]] = one
    names, sizes, rates = (tuple(dict.fromkeys(values)) for values in zip(*trials, strict=True))
    sizes, rates = tuple(sorted(sizes)), tuple(sorted(rates))
    wanted = [(name, size, rate) for name in names for size in sizes for rate in rates]
    lacking = [combination for combination in wanted if combination not in trials]
    if lacking:
        raise ValueError(
            "outcomes must hold every combination of optimiser, batch size and rate, but "
            f"{lacking[0]} is missing. Run the whole grid."
        )
    return HyperparameterResults(names, rates, sizes, tuple(trials[one] for one in wanted), task)
